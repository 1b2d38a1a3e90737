#include <cmath>

#include "bindings.hpp"
#include "flows/descend.hpp"
#include "flows/fields.hpp"
#include "flows/flow.hpp"
#include "python_call.hpp"

namespace zoopt::bindings {
namespace {

using flows::Interrupted;
using Vector = Array<double>;

Vector copy(Point values) {
    return Vector(static_cast<py::ssize_t>(values.size()), values.data());
}

std::vector<double> numbers(const Vector& array) {
    return {array.data(), array.data() + array.size()};
}

Point point(const Vector& array, const Field& field) {
    const Point view(array.data(), static_cast<std::size_t>(array.size()));
    if (view.size() != field.dim()) throw py::value_error("a point has one entry a coordinate");
    return view;
}

// Functions of Python's, which Python has wrapped so that they return what is expected or raise. hessian_vector may be
// None, as may select.
class PythonField final : public Field {
   public:
    PythonField(py::function value, py::function gradient, std::size_t dim, py::object hessian_vector,
                py::object select)
        : value_(std::move(value)),
          gradient_(std::move(gradient)),
          hessian_vector_(std::move(hessian_vector)),
          select_(std::move(select)),
          dim_(dim) {}

    std::size_t dim() const override { return dim_; }
    bool has_hessian_vector() const override { return !hessian_vector_.is_none(); }
    bool in_python() const override { return true; }

    void select(std::uint64_t step) override {
        with_python([&] {
            if (!select_.is_none()) select_(step);
        });
    }

   protected:
    double find_value(Point x) const override {
        double found = 0.0;
        with_python([&] { found = value_(copy(x)).cast<double>(); });
        return found;
    }

    void find_gradient(Point x, Slots out) const override {
        with_python([&] { take(gradient_(copy(x)), out); });
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        if (!has_hessian_vector()) return Field::find_hessian_vector(x, v, out);
        with_python([&] { take(hessian_vector_(copy(x), copy(v)), out); });
    }

   private:
    static void take(const py::object& returned, Slots out) {
        const auto array = returned.cast<Vector>();
        if (static_cast<std::size_t>(array.size()) != out.size()) throw py::value_error("wrong size");
        std::copy(array.data(), array.data() + array.size(), out.begin());
    }

    py::function value_;
    py::function gradient_;
    py::object hessian_vector_;
    py::object select_;
    std::size_t dim_;
};

// The caller vouches for the signatures of the code at the addresses, which lives as long as its `owner`.
std::shared_ptr<Field> foreign_field(std::uintptr_t value, std::uintptr_t gradient, std::uintptr_t hessian_vector,
                                     std::size_t dim, const py::object& owner) {
    (void)owner;
    return flows::foreign_field(
        {reinterpret_cast<flows::ForeignParts::Value>(value), reinterpret_cast<GradientCall::Function>(gradient),
         reinterpret_cast<flows::ForeignParts::Product>(hessian_vector)},
        dim);
}

// A vector that is found by a function of the field.
template <class Find>
Vector found(const Field& field, const Find& find) {
    Vector out(static_cast<py::ssize_t>(field.dim()));
    const Slots slots(out.mutable_data(), field.dim());
    const py::gil_scoped_release release;
    find(slots);
    return out;
}

double value(const Field& field, const Vector& x) {
    const Point at = point(x, field);
    const py::gil_scoped_release release;
    return field.value(at);
}

// Of points, one a row.
Vector values(const Field& field, const Vector& rows) {
    if (rows.ndim() != 2 || static_cast<std::size_t>(rows.shape(1)) != field.dim()) {
        throw py::value_error("points have one entry a coordinate");
    }
    const Rows points{rows.data(), static_cast<std::size_t>(rows.shape(0)), field.dim()};
    Vector out(rows.shape(0));
    const Slots slots(out.mutable_data(), points.count);
    const py::gil_scoped_release release;
    field.values(points, slots);
    return out;
}

Vector gradient(const Field& field, const Vector& x) {
    const Point at = point(x, field);
    return found(field, [&](Slots out) { field.gradient(at, out); });
}

py::tuple value_and_gradient(const Field& field, const Vector& x) {
    const Point at = point(x, field);
    double number = 0.0;
    const Vector slope = found(field, [&](Slots out) { number = field.value_and_gradient(at, out); });
    return py::make_tuple(number, slope);
}

Vector hessian_vector(const Field& field, const Vector& x, const Vector& v) {
    const Point at = point(x, field);
    const Point along = point(v, field);
    return found(field, [&](Slots out) { field.hessian_vector(at, along, out); });
}

Vector third(const Field& field, const Vector& x, const Vector& v) {
    const Point at = point(x, field);
    const Point along = point(v, field);
    return found(field, [&](Slots out) { field.third(at, along, out); });
}

void translate_failure(std::exception_ptr pending) {
    try {
        if (pending) std::rethrow_exception(pending);
    } catch (const Interrupted&) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
    } catch (const FieldFailed& failed) {
        const py::object type = py::module_::import("zoopt.flows._failure").attr("FieldFailed");
        const int part = static_cast<int>(failed.part());
        PyErr_SetObject(type.ptr(), type(part, copy(failed.x()), copy(failed.v())).ptr());
    }
}

void check_signals() {
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() == 0) return;
    if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) == 0) throw py::error_already_set();
    PyErr_Clear();
    throw Interrupted();
}

double size_of(Point v) {
    double sum = 0.0;
    for (double part : v) sum += part * part;
    return std::sqrt(sum);
}

flows::Event event_of(const Field& field, const py::tuple& given) {
    const auto kind = given[0].cast<std::string>();
    const auto level = given[1].cast<double>();
    flows::Event event{{}, given[3].cast<int>(), given[4].cast<std::uint64_t>()};
    if (kind == "value") {
        event.function = [&field, level](double, Point x, Point) { return field.value(x) - level; };
    } else if (kind == "gradient") {
        event.function = [&field, level](double, Point x, Point gradient) {
            if (!gradient.empty()) return size_of(gradient) - level;
            std::vector<double> slope(x.size());
            field.gradient(x, slope);
            return size_of(slope) - level;
        };
    } else {
        event.function = [function = given[2].cast<py::function>()](double t, Point x, Point) {
            const py::gil_scoped_acquire acquire;
            return function(t, copy(x)).cast<double>();
        };
    }
    return event;
}

std::function<bool(double, Point)> callback_of(const py::object& function) {
    if (function.is_none()) return {};
    return [&function](double t, Point x) {
        const py::gil_scoped_acquire acquire;
        return function(t, copy(x)).cast<bool>();
    };
}

std::vector<flows::Event> events_of(const Field& field, const py::list& given) {
    std::vector<flows::Event> events;
    for (const py::handle& event : given) events.push_back(event_of(field, event.cast<py::tuple>()));
    return events;
}

std::shared_ptr<flows::Flow> run(const Field& field, const Vector& x0, const std::string& method, double from,
                                 double to, std::optional<double> step, double rtol, const Vector& atol,
                                 double first_step, double max_step, const std::optional<Vector>& at,
                                 std::uint64_t every, std::size_t most, bool dense, const py::list& events,
                                 std::optional<std::uint64_t> max_steps, const py::object& callback) {
    flows::FlowTask task{.method = method,
                         .from = from,
                         .to = to,
                         .step = step,
                         .tolerances = {rtol, numbers(atol), first_step, max_step},
                         .keeping = {.every = every, .most = most},
                         .dense = dense,
                         .events = events_of(field, events),
                         .callback = callback_of(callback),
                         .ask = &check_signals};
    if (at) task.keeping.at = numbers(*at);
    if (max_steps) task.max_steps = *max_steps;
    const Point start = point(x0, field);
    const py::gil_scoped_release release;
    return std::make_shared<flows::Flow>(flows::run(field, start, task));
}

std::shared_ptr<flows::Flow> descend(Field& field, const Vector& x0, const std::string& update,
                                     const std::string& schedule, const Options& options, std::uint64_t steps,
                                     std::uint64_t every, std::size_t most, const py::list& events,
                                     const py::object& callback) {
    const flows::DescentTask task{.update = update,
                                  .schedule = schedule,
                                  .options = options,
                                  .steps = steps,
                                  .keeping = {.every = every, .most = most},
                                  .events = events_of(field, events),
                                  .callback = callback_of(callback),
                                  .ask = &check_signals};
    const Point start = point(x0, field);
    const py::gil_scoped_release release;
    return std::make_shared<flows::Flow>(flows::descend(field, start, task));
}

// Points in rows; where they have an owner they are not copied.
Vector points(const std::vector<double>& x, std::size_t count, const py::handle& owner = {}) {
    const auto rows = static_cast<py::ssize_t>(count);
    const py::ssize_t width = count == 0 ? 0 : static_cast<py::ssize_t>(x.size()) / rows;
    return Vector({rows, width}, x.data(), owner);
}

py::list event_zeros(const flows::Flow& flow) {
    py::list out;
    for (const flows::Found& zeros : flow.events) {
        out.append(py::make_tuple(copy(zeros.t), points(zeros.x, zeros.t.size())));
    }
    return out;
}

Vector dense_at(const flows::DenseFlow& flow, const Vector& times) {
    const py::ssize_t count = times.size();
    Vector out({count, static_cast<py::ssize_t>(flow.dim())});
    const double* t = times.data();
    double* x = out.mutable_data();
    const py::gil_scoped_release release;
    for (py::ssize_t k = 0; k < count; ++k, x += flow.dim()) flow.at(t[k], {x, flow.dim()});
    return out;
}

py::list method_list() {
    py::list all;
    for (const flows::Tableau* one : flows::tableaus()) {
        all.append(py::make_tuple(one->name, one->summary, one->order, one->adaptive()));
    }
    return all;
}

void register_field(py::module_& m) {
    py::class_<Field, std::shared_ptr<Field>>(m, "Field", "A function with its gradient.")
        .def_property_readonly("dim", &Field::dim)
        .def_property_readonly("has_hessian_vector", &Field::has_hessian_vector)
        .def_property_readonly("has_third", &Field::has_third)
        .def_property_readonly("conservative", &Field::conservative)
        .def_property_readonly("rounding", &Field::rounding)
        .def_property_readonly("counts",
                               [](const Field& field) {
                                   const FieldCounts& counts = field.counts();
                                   return py::make_tuple(counts.values, counts.gradients, counts.products);
                               })
        .def("select", &Field::select, py::arg("step"))
        .def("value", &value, py::arg("x"))
        .def("values", &values, py::arg("rows"))
        .def("gradient", &gradient, py::arg("x"))
        .def("value_and_gradient", &value_and_gradient, py::arg("x"))
        .def("hessian_vector", &hessian_vector, py::arg("x"), py::arg("v"))
        .def("third", &third, py::arg("x"), py::arg("v"));
    m.def(
        "python_field",
        [](py::function value_of, py::function gradient_of, std::size_t dim, py::object product_of,
           py::object select) -> std::shared_ptr<Field> {
            return std::make_shared<PythonField>(std::move(value_of), std::move(gradient_of), dim,
                                                 std::move(product_of), std::move(select));
        },
        py::arg("value"), py::arg("gradient"), py::arg("dim"), py::arg("hessian_vector"), py::arg("select"));
    m.def("foreign_field", &foreign_field, py::arg("value"), py::arg("gradient"), py::arg("hessian_vector"),
          py::arg("dim"), py::arg("owner"), py::keep_alive<0, 5>());
    m.def(
        "quadratic_field",
        [](const Vector& curvature, const Vector& centre) -> std::shared_ptr<Field> {
            return flows::quadratic(numbers(curvature), numbers(centre));
        },
        py::arg("curvature"), py::arg("centre"));
    m.def(
        "function_field",
        [](const std::string& name, std::size_t dim, const Vector& shift) -> std::shared_ptr<Field> {
            return flows::test_function(name, dim, numbers(shift));
        },
        py::arg("name"), py::arg("dim"), py::arg("shift"));
    m.def(
        "product_field", [](const Vector& y) -> std::shared_ptr<Field> { return flows::product(numbers(y)); },
        py::arg("y"));
    m.def(
        "deep_linear_field",
        [](std::vector<std::size_t> widths, std::size_t columns, const Vector& inputs,
           const Vector& targets) -> std::shared_ptr<Field> {
            return flows::deep_linear(std::move(widths), columns, numbers(inputs), numbers(targets));
        },
        py::arg("widths"), py::arg("columns"), py::arg("inputs"), py::arg("targets"));
}

void register_derived_fields(py::module_& m) {
    m.def(
        "average_field", [](flows::Parts parts) -> std::shared_ptr<Field> { return flows::average(std::move(parts)); },
        py::arg("parts"));
    m.def(
        "field_in_turn",
        [](flows::Parts parts, std::optional<std::uint64_t> seed) -> std::shared_ptr<Field> {
            return flows::in_turn(std::move(parts), seed);
        },
        py::arg("parts"), py::arg("seed"));
    m.def(
        "epoch_flow",
        [](flows::Parts parts, double learning_rate, bool in_order) -> std::shared_ptr<Field> {
            return flows::epoch_flow(std::move(parts), learning_rate, in_order);
        },
        py::arg("parts"), py::arg("learning_rate"), py::arg("in_order"));
    m.def(
        "modified_flow",
        [](flows::Parts parts, double plain, double first, double second) -> std::shared_ptr<Field> {
            return flows::modified(parts.at(0), {plain, first, second});
        },
        py::arg("parts"), py::arg("plain"), py::arg("first"), py::arg("second"));
    m.def(
        "adam_flow",
        [](flows::Parts parts, double beta_1, double beta_2, double epsilon,
           double learning_rate) -> std::shared_ptr<Field> {
            const flows::AdamTerms terms{beta_1 / (1.0 - beta_1), beta_2 / (1.0 - beta_2), epsilon, learning_rate};
            return flows::adam_flow(parts.at(0), terms);
        },
        py::arg("parts"), py::arg("beta_1"), py::arg("beta_2"), py::arg("epsilon"), py::arg("learning_rate"));
}

}  // namespace

void register_flows(py::module_& m) {
    py::register_exception_translator(&translate_failure);
    register_field(m);
    register_derived_fields(m);
    py::class_<flows::DenseFlow, std::shared_ptr<flows::DenseFlow>>(m, "DenseFlow", "A flow at any time.")
        .def_property_readonly("dim", &flows::DenseFlow::dim)
        .def_property_readonly("times", [](const flows::DenseFlow& flow) { return copy(flow.times()); })
        .def("at", &dense_at, py::arg("times"));
    py::class_<flows::Flow, std::shared_ptr<flows::Flow>>(m, "Flow", "How a flow went.")
        .def_property_readonly("end", [](const flows::Flow& flow) { return static_cast<int>(flow.end); })
        .def_property_readonly("t", [](const flows::Flow& flow) { return copy(flow.kept.t); })
        .def_property_readonly("x",
                               [](const py::object& self) {
                                   const flows::Found& kept = self.cast<const flows::Flow&>().kept;
                                   return points(kept.x, kept.t.size(), self);
                               })
        .def_property_readonly("events", &event_zeros)
        .def_readonly("dense", &flows::Flow::dense)
        .def_readonly("time", &flows::Flow::t)
        .def_readonly("steps", &flows::Flow::steps)
        .def_readonly("rejected", &flows::Flow::rejected)
        .def_readonly("evaluations", &flows::Flow::evaluations);
    m.def("flow_methods", &method_list, "Name, summary, order and whether it controls its steps, of every method.");
    m.def("flow", &run, py::arg("field"), py::arg("x0"), py::kw_only(), py::arg("method"), py::arg("start"),
          py::arg("stop"), py::arg("step"), py::arg("rtol"), py::arg("atol"), py::arg("first_step"),
          py::arg("max_step"), py::arg("at"), py::arg("every"), py::arg("most"), py::arg("dense"), py::arg("events"),
          py::arg("max_steps"), py::arg("callback"));
    m.def("descend", &descend, py::arg("field"), py::arg("x0"), py::kw_only(), py::arg("update"), py::arg("schedule"),
          py::arg("options"), py::arg("steps"), py::arg("every"), py::arg("most"), py::arg("events"),
          py::arg("callback"));
}

}  // namespace zoopt::bindings

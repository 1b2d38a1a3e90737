#include "bindings.hpp"
#include "zoopt/engine.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

using Vector = Array<double>;

py::array_t<double> copy(const std::vector<double>& values) {
    return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

template <class Stage>
py::dict catalog() {
    py::dict stages;
    for (const auto& [name, entry] : registry<Stage>()) {
        py::list options;
        for (const Option& o : entry.options) options.append(py::make_tuple(o.name, o.value, o.low, o.high, o.doc));
        stages[py::str(name)] = py::make_tuple(entry.summary, options);
    }
    return stages;
}

void check_values(const Vector& values, std::size_t expected) {
    if (values.ndim() != 1 || static_cast<std::size_t>(values.shape(0)) != expected) {
        throw Error(ErrorKind::invalid_input, "tell() needs " + std::to_string(expected) +
                                                  " values, one a row of ask(), got an array of size " +
                                                  std::to_string(values.size()));
    }
}

py::array_t<double> ask(Engine& engine) {
    const auto rows = static_cast<py::ssize_t>(engine.rows());
    py::array_t<double> out({rows, static_cast<py::ssize_t>(engine.dim())});
    double* data = out.mutable_data();
    const py::gil_scoped_release release;
    engine.ask(data);
    return out;
}

void tell(Engine& engine, const Vector& values) {
    check_values(values, engine.rows());
    const std::span<const double> view(values.data(), static_cast<std::size_t>(values.size()));
    const py::gil_scoped_release release;
    engine.tell(view);
}

void tell_candidates(Engine& engine, const Vector& values, const Array<double>& candidates) {
    if (candidates.ndim() != 2 || static_cast<std::size_t>(candidates.shape(1)) != engine.dim() ||
        static_cast<std::size_t>(candidates.shape(0)) != engine.rows()) {
        throw Error(ErrorKind::invalid_input, "candidates must have shape (" + std::to_string(engine.rows()) + ", " +
                                                  std::to_string(engine.dim()) + ")");
    }
    check_values(values, engine.rows());
    const std::span<const double> view(values.data(), static_cast<std::size_t>(values.size()));
    const Rows rows{candidates.data(), engine.rows(), engine.dim()};
    const py::gil_scoped_release release;
    engine.tell(view, rows);
}

py::object best(const Engine& engine) {
    if (!engine.best().known) return py::none();
    return py::make_tuple(copy(engine.best().x), engine.best().value);
}

py::tuple trace(const Engine& engine) {
    const auto& points = engine.trace();
    const auto count = static_cast<py::ssize_t>(points.size());
    py::array_t<std::int64_t> evaluations(count);
    py::array_t<double> best_values(count), current(count), scale(count);
    for (py::ssize_t k = 0; k < count; ++k) {
        const TracePoint& point = points[static_cast<std::size_t>(k)];
        evaluations.mutable_at(k) = static_cast<std::int64_t>(point.evaluations);
        best_values.mutable_at(k) = point.best;
        current.mutable_at(k) = point.current;
        scale.mutable_at(k) = point.scale;
    }
    return py::make_tuple(evaluations, best_values, current, scale);
}

py::dict save(Engine& engine) {
    py::dict out;
    for (const auto& [name, field] : engine.save()) {
        if (const auto* values = std::get_if<std::vector<double>>(&field)) {
            out[py::str(name)] = copy(*values);
        } else if (const auto* whole = std::get_if<std::uint64_t>(&field)) {
            out[py::str(name)] = *whole;
        } else {
            out[py::str(name)] = std::get<double>(field);
        }
    }
    return out;
}

Field field_of(const std::string& name, const py::handle& value) {
    if (py::isinstance<Vector>(value)) {
        const auto values = py::cast<Vector>(value);
        return std::vector<double>(values.data(), values.data() + values.size());
    }
    if (py::isinstance<py::float_>(value)) return py::cast<double>(value);
    try {
        if (py::isinstance<py::int_>(value)) return py::cast<std::uint64_t>(value);
    } catch (const py::cast_error&) {  // negative, or beyond 64 bits
    }
    throw Error(ErrorKind::state,
                "state field '" + name + "' holds what no state has: " + py::cast<std::string>(py::repr(value)));
}

void load(Engine& engine, const py::dict& fields) {
    State state;
    for (const auto& [key, value] : fields) {
        const std::string name = py::cast<std::string>(key);
        state[name] = field_of(name, value);
    }
    engine.load(state);
}

std::unique_ptr<Engine> make_engine(const std::string& distribution, const std::string& shaping,
                                    const std::string& metric, const std::string& update, std::size_t population,
                                    bool antithetic, const Options& options, const Vector& start, double scale,
                                    std::uint64_t seed, bool maximise, unsigned threads) {
    const Plan plan{distribution, shaping,    update, metric == "natural" ? Metric::natural : Metric::vanilla,
                    population,   antithetic, options};
    return std::make_unique<Engine>(plan, std::span(start.data(), static_cast<std::size_t>(start.size())), scale, seed,
                                    maximise ? Sense::maximise : Sense::minimise, threads);
}

}  // namespace

void register_engine(py::module_& m) {
    m.def("distributions", &catalog<Distribution>, "Registered distributions: name -> (summary, options).");
    m.def("shapings", &catalog<Shaping>, "Registered shapings: name -> (summary, options).");
    m.def("updates", &catalog<Update>, "Registered updates: name -> (summary, options).");
    py::class_<Engine>(m, "Engine", "The ask/tell loop over one search distribution.")
        .def(py::init(&make_engine), py::kw_only(), py::arg("distribution"), py::arg("shaping"), py::arg("metric"),
             py::arg("update"), py::arg("population"), py::arg("antithetic"), py::arg("options"), py::arg("start"),
             py::arg("scale"), py::arg("seed"), py::arg("maximise"), py::arg("threads"))
        .def("ask", &ask)
        .def("tell", &tell, py::arg("values"))
        .def("tell_candidates", &tell_candidates, py::arg("values"), py::arg("candidates"))
        .def("run", &Engine::run, py::arg("objective"), py::arg("evaluations"), py::arg("target"),
             py::call_guard<py::gil_scoped_release>())
        .def("save", &save)
        .def("load", &load, py::arg("state"))
        .def_property_readonly("dim", &Engine::dim)
        .def_property_readonly("rows", &Engine::rows)
        .def_property_readonly("stop", [](const Engine& e) { return static_cast<int>(e.stop()); })
        .def_property_readonly("evaluations", &Engine::evaluations)
        .def_property_readonly("generation", &Engine::generation)
        .def_property_readonly("invalid", &Engine::invalid)
        .def_property_readonly("mean", [](const Engine& e) { return copy(e.theta().mean); })
        .def_property_readonly("scale", [](const Engine& e) { return e.theta().scale; })
        .def_property_readonly("deviations", [](const Engine& e) { return copy(e.theta().deviations); })
        .def_property_readonly("covariance", [](const Engine& e) { return copy(e.theta().covariance); })
        .def_property_readonly("best", &best)
        .def_property_readonly("trace", &trace);
}

}  // namespace zoopt::bindings

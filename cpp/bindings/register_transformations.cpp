#include "flows/objective_field.hpp"
#include "flows/transformations.hpp"
#include "python_call.hpp"

namespace zoopt::bindings {
namespace {

using flows::Probes;
using SharedField = std::shared_ptr<Field>;

// A function of Python's, of rows and the number of the step, which Python has wrapped so that it returns a value a row
// or raises.
class PythonValues final : public Field {
   public:
    PythonValues(py::function values, std::size_t dim) : values_(std::move(values)), dim_(dim) {}

    std::size_t dim() const override { return dim_; }
    bool in_python() const override { return true; }
    void select(std::uint64_t step) override { step_ = step; }

   protected:
    double find_value(Point x) const override {
        double value = 0.0;
        find_values({x.data(), 1, x.size()}, {&value, 1});
        return value;
    }

    void find_values(const Rows& rows, Slots out) const override {
        with_python([&] {
            const Array<double> points({rows.count, rows.dim}, rows.data);
            const auto found = values_(points, step_).cast<Array<double>>();
            if (static_cast<std::size_t>(found.size()) != out.size())
                throw py::value_error("one value a row is needed");
            std::copy(found.data(), found.data() + found.size(), out.begin());
        });
    }

    void find_gradient(Point, Slots) const override { throw py::value_error("this objective has no gradient"); }

   private:
    py::function values_;
    std::size_t dim_;
    std::uint64_t step_ = whole_set;
};

SharedField weight_scale_invariant(SharedField inner, const py::list& layers, double norms, double directions,
                                   double floor) {
    flows::WeightLayers all;
    for (const py::handle& layer : layers) {
        const auto coordinates = layer.cast<Array<std::uint32_t>>();
        all.emplace_back(coordinates.data(), coordinates.data() + coordinates.size());
        for (const std::uint32_t coordinate : all.back()) {
            if (coordinate >= inner->dim()) throw py::value_error("there is no such coordinate");
        }
    }
    return flows::weight_scale_invariant(std::move(inner), std::move(all), {norms, directions, floor});
}

SharedField smoothed(SharedField inner, double radius, std::size_t directions, bool rademacher, bool antithetic,
                     std::uint64_t seed) {
    return flows::smoothed(
        std::move(inner),
        {radius, directions, rademacher ? noise::Kind::rademacher : noise::Kind::normal, antithetic, seed});
}

}  // namespace

void register_transformations(py::module_& m) {
    m.def("loss_field", &flows::loss_field, py::arg("objective"), py::arg("threads"));
    m.def("policy_field", &flows::policy_field, py::arg("objective"), py::arg("threads"));
    m.def("value_field", &flows::value_field, py::arg("objective"), py::arg("threads"));
    m.def(
        "python_values",
        [](py::function values, std::size_t dim) -> SharedField {
            return std::make_shared<PythonValues>(std::move(values), dim);
        },
        py::arg("values"), py::arg("dim"));
    m.def("l2_field", &flows::l2, py::arg("inner"), py::arg("coefficient"));
    m.def("flooding_field", &flows::flooding, py::arg("inner"), py::arg("level"));
    m.def("gradient_penalty_field", &flows::gradient_penalty, py::arg("inner"), py::arg("coefficient"));
    m.def("weight_scale_field", &weight_scale_invariant, py::arg("inner"), py::arg("layers"), py::arg("norms"),
          py::arg("directions"), py::arg("floor"));
    m.def("smoothed_field", &smoothed, py::arg("inner"), py::arg("radius"), py::arg("directions"),
          py::arg("rademacher"), py::arg("antithetic"), py::arg("seed"));
}

}  // namespace zoopt::bindings

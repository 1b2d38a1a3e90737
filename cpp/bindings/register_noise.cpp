#include "bindings.hpp"
#include "zoopt/noise.hpp"

namespace zoopt::bindings {
namespace {

// Kinds by their number, in the order of noise::Kind.
noise::Kind kind_of(unsigned kind) {
    if (kind > static_cast<unsigned>(noise::Kind::uniform)) throw py::value_error("there are three kinds of noise");
    return static_cast<noise::Kind>(kind);
}

template <class T>
py::array_t<T> fill(std::uint64_t seed, std::uint32_t stream, std::uint64_t generation, std::uint32_t sample,
                    std::uint64_t start, std::size_t size, unsigned kind) {
    const noise::Kind of = kind_of(kind);
    py::array_t<T> out(static_cast<py::ssize_t>(size));
    const std::span<T> values(out.mutable_data(), size);
    const py::gil_scoped_release release;
    noise::fill(of, {seed, stream, generation}, sample, start, values);
    return out;
}

}  // namespace

void register_noise(py::module_& m) {
    m.attr("NOISE_VERSION") = noise::version;
    m.def("noise_float32", &fill<float>, py::arg("seed"), py::arg("stream"), py::arg("generation"), py::arg("sample"),
          py::arg("start"), py::arg("size"), py::arg("kind"));
    m.def("noise_float64", &fill<double>, py::arg("seed"), py::arg("stream"), py::arg("generation"), py::arg("sample"),
          py::arg("start"), py::arg("size"), py::arg("kind"));
    m.def(
        "threefry4x32",
        [](std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 4> key, unsigned rounds) {
            std::array<std::uint32_t, 4> out;
            noise::threefry4x32(counter.data(), key.data(), rounds, out.data());
            return out;
        },
        py::arg("counter"), py::arg("key"), py::arg("rounds") = 20u);
    m.def(
        "weak_normals",
        [](std::uint64_t seed, std::uint64_t generation, std::uint32_t sample, std::uint64_t start, std::size_t size,
           unsigned rounds) {
            py::array_t<float> out(static_cast<py::ssize_t>(size));
            noise::fill_normals_with_rounds({seed, 0, generation}, sample, start, rounds, {out.mutable_data(), size});
            return out;
        },
        py::arg("seed"), py::arg("generation"), py::arg("sample"), py::arg("start"), py::arg("size"), py::arg("rounds"),
        "Normals from a weakened generator, to show that the statistical tests can fail.");
}

}  // namespace zoopt::bindings

#include "bindings.hpp"

PYBIND11_MODULE(_core, m) {
    using namespace zoopt::bindings;
    m.doc() = "The compiled core of zoopt. Private: the public names are in the package above it.";
    register_errors(m);
    register_cpu(m);
    register_noise(m);
    register_objectives(m);
    register_models(m);
    register_metrics(m);
    register_policies(m);
    register_rerank(m);
    register_decoder(m);
    register_engine(m);
    register_flows(m);
    register_transformations(m);
    register_recorder(m);
    register_numerics(m);
    register_lapack(m);
}

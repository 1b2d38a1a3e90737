#include "bindings.hpp"
#include "zoopt/engine.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

using Vector = Array<double>;

py::array_t<double> copy(const std::vector<double>& values) {
    return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

py::list listed(const std::vector<Option>& options) {
    py::list out;
    for (const Option& o : options) out.append(py::make_tuple(o.name, o.value, o.low, o.high, o.doc));
    return out;
}

template <class Stage>
py::dict catalog() {
    py::dict stages;
    for (const auto& [name, entry] : registry<Stage>()) {
        stages[py::str(name)] = py::make_tuple(entry.summary, listed(entry.options));
    }
    return stages;
}

bool needs_mean(const std::string& shaping) {
    const auto& entry = registry<Shaping>().at(shaping);
    Options options;
    for (const Option& o : entry.options) options[o.name] = o.value;
    return entry.make(options, {.dim = 2, .rows = 2, .samples = 1})->needs_mean();  // a pair, which serves all
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
    py::array_t<double> out({rows, static_cast<py::ssize_t>(engine.width())});
    double* data = out.mutable_data();
    const py::gil_scoped_release release;
    engine.ask(data);
    return out;
}

void tell_gradient(Engine& engine, double value, const Vector& gradient) {
    check_values(gradient, engine.dim());
    engine.tell(value, {gradient.data(), engine.dim()});
}

// `redraws` has a row a replaced sample: round and sample.
void replay(Engine& engine, const Vector& weights, const Array<std::int64_t>& redraws) {
    Record generation{{weights.data(), weights.data() + weights.size()}, {}};
    for (py::ssize_t k = 0; k < redraws.shape(0); ++k) {
        generation.redraws.push_back(
            {static_cast<std::uint64_t>(redraws.at(k, 0)), static_cast<std::size_t>(redraws.at(k, 1))});
    }
    engine.replay(generation);
}

// Weights and redraws of every generation.
py::list record(const Engine& engine) {
    py::list out;
    for (const Record& generation : engine.record()) {
        py::array_t<std::int64_t> redraws({static_cast<py::ssize_t>(generation.redraws.size()), py::ssize_t{2}});
        for (std::size_t k = 0; k < generation.redraws.size(); ++k) {
            const auto row = static_cast<py::ssize_t>(k);
            redraws.mutable_at(row, 0) = static_cast<std::int64_t>(generation.redraws[k].round);
            redraws.mutable_at(row, 1) = static_cast<std::int64_t>(generation.redraws[k].sample);
        }
        out.append(py::make_tuple(copy(generation.weights), redraws));
    }
    return out;
}

void tell(Engine& engine, const Vector& values) {
    check_values(values, engine.rows());
    const std::span<const double> view(values.data(), static_cast<std::size_t>(values.size()));
    const py::gil_scoped_release release;
    engine.tell(view);
}

void tell_candidates(Engine& engine, const Vector& values, const Array<double>& candidates) {
    if (candidates.ndim() != 2 || static_cast<std::size_t>(candidates.shape(1)) != engine.width() ||
        static_cast<std::size_t>(candidates.shape(0)) != engine.rows()) {
        throw Error(ErrorKind::invalid_input, "candidates must have shape (" + std::to_string(engine.rows()) + ", " +
                                                  std::to_string(engine.width()) + ")");
    }
    check_values(values, engine.rows());
    const std::span<const double> view(values.data(), static_cast<std::size_t>(values.size()));
    const Rows rows{candidates.data(), engine.rows(), engine.width()};
    const py::gil_scoped_release release;
    engine.tell(view, rows);
}

py::list passes(const Engine& engine) {
    py::list out;
    for (const Pass& pass : engine.passes()) out.append(py::make_tuple(pass.rows, pass.generation));
    return out;
}

py::list legs(const Engine& engine) {
    py::list out;
    for (const LegRecord& leg : engine.legs()) {
        out.append(py::make_tuple(leg.population, leg.scale, leg.evaluations, static_cast<int>(leg.stop)));
    }
    return out;
}

// The rows that are replaced, and their new candidates.
py::tuple resample(Engine& engine, const Vector& values) {
    check_values(values, engine.rows());
    const auto rows = engine.resample({values.data(), static_cast<std::size_t>(values.size())});
    const auto count = static_cast<py::ssize_t>(rows.size());
    py::array_t<std::int64_t> indices(count);
    py::array_t<double> candidates({count, static_cast<py::ssize_t>(engine.width())});
    for (py::ssize_t k = 0; k < count; ++k) {
        const std::size_t row = rows[static_cast<std::size_t>(k)];
        indices.mutable_at(k) = static_cast<std::int64_t>(row);
        engine.row(row, candidates.mutable_data(k, 0));
    }
    return py::make_tuple(indices, candidates);
}

double uncertainty(const Vector& first, const Vector& again) {
    const auto all = static_cast<std::size_t>(first.size()), some = static_cast<std::size_t>(again.size());
    if (some == 0 || some > all) throw py::value_error("at least one value again, and no more than there are");
    return Uncertainty::measure({first.data(), all}, {again.data(), some});
}

// Ends by what a signal handler of Python raises. Called without the GIL, as everything in a run.
void ask_python() {
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

void run(Engine& engine, const Objective& objective, std::uint64_t evaluations, double target) {
    const py::gil_scoped_release release;
    engine.run(objective, evaluations, target, ask_python);
}

py::object best(const Engine& engine) {
    if (!engine.best().known) return py::none();
    return py::make_tuple(copy(engine.best().x), engine.best().value);
}

py::tuple trace(const Engine& engine) {
    const auto& points = engine.trace().points();
    const auto count = static_cast<py::ssize_t>(points.size());
    py::array_t<std::int64_t> evaluations(count);
    py::array_t<double> best_values(count), current(count), scale(count), signal_to_noise(count);
    for (py::ssize_t k = 0; k < count; ++k) {
        const TracePoint& point = points[static_cast<std::size_t>(k)];
        evaluations.mutable_at(k) = static_cast<std::int64_t>(point.evaluations);
        best_values.mutable_at(k) = point.best;
        current.mutable_at(k) = point.current;
        scale.mutable_at(k) = point.scale;
        signal_to_noise.mutable_at(k) = point.signal_to_noise;
    }
    return py::make_tuple(evaluations, best_values, current, scale, signal_to_noise);
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

Saved saved_of(const std::string& name, const py::handle& value) {
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
        state[name] = saved_of(name, value);
    }
    engine.load(state);
}

Domain domain_of(const std::string& handling, const Vector& lower, const Vector& upper) {
    if (handling == "none") return {};
    const auto kind = handling == "projection" ? Domain::Handling::projection : Domain::Handling::transform;
    return {kind, {lower.data(), lower.data() + lower.size()}, {upper.data(), upper.data() + upper.size()}};
}

std::unique_ptr<Engine> make_engine(const std::string& distribution, const std::string& shaping,
                                    const std::string& metric, const std::string& update, const std::string& schedule,
                                    const std::string& driver, std::size_t population, bool antithetic,
                                    const Options& options, const Vector& start, double scale, std::uint64_t seed,
                                    bool maximise, unsigned threads, std::size_t categories, double horizon,
                                    double memory_limit, double most_effort, const Vector& covariance,
                                    const std::string& bounds_handling, const Vector& lower, const Vector& upper) {
    const Plan plan{.distribution = distribution,
                    .shaping = shaping,
                    .update = update,
                    .schedule = schedule,
                    .driver = driver,
                    .metric = metric == "natural" ? Metric::natural : Metric::vanilla,
                    .population = population,
                    .antithetic = antithetic,
                    .options = options,
                    .categories = categories,
                    .horizon = horizon,
                    .memory_limit = memory_limit,
                    .most_effort = most_effort,
                    .covariance = {covariance.data(), covariance.data() + covariance.size()}};
    return std::make_unique<Engine>(plan, std::span(start.data(), static_cast<std::size_t>(start.size())), scale, seed,
                                    maximise ? Sense::maximise : Sense::minimise,
                                    domain_of(bounds_handling, lower, upper), threads);
}

}  // namespace

void register_engine(py::module_& m) {
    m.def("distributions", &catalog<Distribution>, "Registered distributions: name -> (summary, options).");
    m.def("shapings", &catalog<Shaping>, "Registered shapings: name -> (summary, options).");
    m.def("updates", &catalog<Update>, "Registered updates: name -> (summary, options).");
    m.def("schedules", &catalog<Schedule>, "Registered schedules: name -> (summary, options).");
    m.def("drivers", &catalog<Driver>, "Registered drivers: name -> (summary, options).");
    m.def("needs_mean", &needs_mean, py::arg("shaping"), "Whether that shaping asks for the value of the mean.");
    m.def(
        "stopping_options", [] { return listed(Stopping::options()); },
        "Options of the stopping rules, which every algorithm has.");
    m.def("uncertainty", &uncertainty, py::arg("first"), py::arg("again"),
          "Rank changes of costs between two evaluations, above what is tolerated.");
    py::class_<Engine>(m, "Engine", "The ask/tell loop over one search distribution.")
        .def(py::init(&make_engine), py::kw_only(), py::arg("distribution"), py::arg("shaping"), py::arg("metric"),
             py::arg("update"), py::arg("schedule"), py::arg("driver"), py::arg("population"), py::arg("antithetic"),
             py::arg("options"), py::arg("start"), py::arg("scale"), py::arg("seed"), py::arg("maximise"),
             py::arg("threads"), py::arg("categories"), py::arg("horizon"), py::arg("memory_limit"),
             py::arg("most_effort"), py::arg("covariance"), py::arg("bounds_handling"), py::arg("lower"),
             py::arg("upper"))
        .def("ask", &ask)
        .def("tell", &tell, py::arg("values"))
        .def("tell_candidates", &tell_candidates, py::arg("values"), py::arg("candidates"))
        .def("tell_gradient", &tell_gradient, py::arg("value"), py::arg("gradient"))
        .def("resample", &resample, py::arg("values"))
        .def("keep_record", &Engine::keep_record, py::arg("keep"))
        .def("replay", &replay, py::arg("weights"), py::arg("redraws"))
        .def("run", &run, py::arg("objective"), py::arg("evaluations"), py::arg("target"))
        .def("save", &save)
        .def("load", &load, py::arg("state"))
        .def_property_readonly("dim", &Engine::dim)
        .def_property_readonly("width", &Engine::width)
        .def_property_readonly("rows", &Engine::rows)
        .def_property_readonly("population", &Engine::population)
        .def_property_readonly("leg", &Engine::leg)
        .def_property_readonly("exact", &Engine::exact)
        .def_property_readonly("objective_generation", &Engine::objective_generation)
        .def_property_readonly("passes", &passes)
        .def_property_readonly("effort", &Engine::effort)
        .def_property_readonly("legs", &legs)
        .def_property_readonly("centre", [](const Engine& e) { return copy(e.centre()); })
        .def_property_readonly("record", &record)
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

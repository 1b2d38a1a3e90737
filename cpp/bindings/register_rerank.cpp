#include <algorithm>
#include <optional>

#include "bindings.hpp"
#include "objectives/bleu.hpp"
#include "objectives/rerank.hpp"
#include "objectives/rerank_line.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

using objectives::BleuSettings;
using objectives::BleuSmoothing;
using objectives::BleuValue;
using objectives::OnNoValue;
using objectives::Rerank;
using objectives::RerankLists;
using objectives::RerankValue;
using objectives::Sentences;
using Matrix = Array<double>;
using Numbers = Array<std::int64_t>;
using Tokens = Array<std::int32_t>;
using Picks = Array<std::int32_t>;

template <class T>
std::span<const T> view(const Array<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class T>
std::span<T> room(Array<T>& array) {
    return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

BleuSettings bleu_settings(const std::string& smoothing, double value, bool effective_order) {
    const auto kind = smoothing == "none"    ? BleuSmoothing::none
                      : smoothing == "floor" ? BleuSmoothing::floor
                      : smoothing == "add-k" ? BleuSmoothing::add_k
                                             : BleuSmoothing::exp;
    return {kind, value, effective_order};
}

Matrix bleu_values(const Matrix& statistics, const std::string& smoothing, double value, bool effective_order) {
    if (statistics.ndim() != 2 || statistics.shape(1) != static_cast<py::ssize_t>(objectives::bleu_width)) {
        throw py::value_error("statistics must have shape (rows, 10)");
    }
    Matrix values(statistics.shape(0));
    const BleuValue metric(bleu_settings(smoothing, value, effective_order));
    metric.values(view(statistics), room(values));
    return values;
}

// Begins are ascending, from 0 to the number of what they cut.
void check_begins(const Numbers& begins, std::size_t end, const char* what) {
    const auto all = view(begins);
    bool good = !all.empty() && all.front() == 0 && static_cast<std::size_t>(all.back()) == end;
    for (std::size_t i = 1; i < all.size(); ++i) good = good && all[i - 1] <= all[i];
    if (!good) throw py::value_error(std::string(what) + " must ascend from 0 to the number of what they cut");
}

Matrix bleu_statistics(const Tokens& tokens, const Numbers& begins, const Tokens& reference_tokens,
                       const Numbers& reference_begins, const Numbers& segments, const Numbers& reference_segments,
                       unsigned threads) {
    check_begins(begins, static_cast<std::size_t>(tokens.size()), "begins");
    check_begins(reference_begins, static_cast<std::size_t>(reference_tokens.size()), "reference_begins");
    const Sentences hypotheses{view(tokens), view(begins)};
    const Sentences references{view(reference_tokens), view(reference_begins)};
    check_begins(segments, hypotheses.count(), "segments");
    check_begins(reference_segments, references.count(), "reference_segments");
    const auto cuts = view(reference_segments);
    if (reference_segments.size() != segments.size() || std::adjacent_find(cuts.begin(), cuts.end()) != cuts.end()) {
        throw py::value_error("every segment needs a reference");
    }
    Matrix statistics({static_cast<py::ssize_t>(hypotheses.count()), static_cast<py::ssize_t>(objectives::bleu_width)});
    const auto out = room(statistics);
    const py::gil_scoped_release release;
    objectives::bleu_statistics(hypotheses, references, {view(segments), cuts}, threads, out);
    return statistics;
}

// A value that a Python function makes of all totals at once. Its exceptions say no more than that there is no value:
// who wants to know why calls it again.
class PythonValue final : public RerankValue {
   public:
    PythonValue(py::object function, std::size_t width) : function_(std::move(function)), width_(width) {}
    PythonValue(const PythonValue&) = delete;
    PythonValue& operator=(const PythonValue&) = delete;
    ~PythonValue() override {
        const py::gil_scoped_acquire acquire;
        function_ = py::object();
    }

    std::size_t width() const override { return width_; }
    bool values(std::span<const double> totals, std::span<double> values) const override {
        const py::gil_scoped_acquire acquire;
        try {
            const auto rows = static_cast<py::ssize_t>(values.size());
            const Matrix sums({rows, static_cast<py::ssize_t>(width_)}, totals.data());
            const auto returned = function_(sums).cast<Array<double>>();
            if (returned.ndim() != 1 || returned.shape(0) != rows) return false;
            std::copy_n(returned.data(), values.size(), values.begin());
            return true;
        } catch (const py::cast_error&) {
            return false;
        } catch (const py::error_already_set& error) {
            if (error.matches(PyExc_Exception)) return false;
            throw;
        }
    }

   private:
    py::object function_;
    std::size_t width_;
};

std::shared_ptr<Rerank> rerank(const Numbers& begins, const Matrix& features, const Matrix& statistics,
                               std::shared_ptr<RerankValue> value, bool maximise) {
    if (features.ndim() != 2 || statistics.ndim() != 2 || features.shape(0) != statistics.shape(0)) {
        throw py::value_error("features and statistics must have a row a hypothesis");
    }
    check_begins(begins, static_cast<std::size_t>(features.shape(0)), "begins");
    const auto cuts = view(begins);
    if (cuts.size() < 2 || std::adjacent_find(cuts.begin(), cuts.end()) != cuts.end()) {
        throw py::value_error("every list needs a hypothesis");
    }
    if (static_cast<std::size_t>(statistics.shape(1)) != value->width()) {
        throw py::value_error("the statistics are not those of the value");
    }
    auto lists = std::make_shared<RerankLists>(objectives::ListBegins(cuts.begin(), cuts.end()), view(features),
                                               static_cast<std::size_t>(features.shape(1)), view(statistics),
                                               static_cast<std::size_t>(statistics.shape(1)));
    return std::make_shared<Rerank>(std::move(lists), std::move(value), maximise ? Sense::maximise : Sense::minimise,
                                    OnNoValue::stop);
}

void check_candidate(const Rerank& objective, const Matrix& candidate) {
    if (view(candidate).size() != objective.dim() || !objective.lists().usable(view(candidate))) {
        throw py::value_error("a candidate must have dim numbers, and finite scores");
    }
}

Picks picks(const Rerank& objective, const Matrix& candidate) {
    check_candidate(objective, candidate);
    Picks chosen(static_cast<py::ssize_t>(objective.lists().lists()));
    objective.picks(view(candidate), room(chosen));
    return chosen;
}

void check_picks(const Rerank& objective, const Picks& picks) {
    const auto chosen = view(picks);
    bool good = chosen.size() == objective.lists().lists();
    for (std::size_t i = 0; good && i < chosen.size(); ++i) {
        good = chosen[i] >= 0 && static_cast<std::size_t>(chosen[i]) < objective.lists().hypotheses(i);
    }
    if (!good) throw py::value_error("picks must name a hypothesis of every list");
}

Matrix totals(const Rerank& objective, const Picks& picks) {
    check_picks(objective, picks);
    const std::vector<double> sums = objective.totals(view(picks));
    return Matrix(static_cast<py::ssize_t>(sums.size()), sums.data());
}

std::optional<Picks> climb(const Rerank& objective, const Picks& start, std::size_t passes) {
    check_picks(objective, start);
    Picks chosen(start.size(), start.data());
    const auto out = room(chosen);
    bool computed = false;
    {
        const py::gil_scoped_release release;
        computed = objectives::climb(objective, passes, out);
    }
    return computed ? std::optional<Picks>(chosen) : std::nullopt;
}

py::tuple line(const Rerank& objective, const Matrix& x, const Matrix& direction, unsigned threads) {
    check_candidate(objective, x);
    check_candidate(objective, direction);
    objectives::RerankLine found;
    {
        const py::gil_scoped_release release;
        found = objectives::rerank_line(objective.lists(), view(x), view(direction), threads);
    }
    const auto breaks = static_cast<py::ssize_t>(found.breakpoints.size());
    const auto counts = static_cast<py::ssize_t>(objective.lists().counts());
    return py::make_tuple(Matrix(breaks, found.breakpoints.data()), Matrix({breaks + 1, counts}, found.totals.data()));
}

py::tuple data(const Rerank& objective) {
    const RerankLists& lists = objective.lists();
    const auto count = static_cast<py::ssize_t>(lists.hypotheses());
    Matrix features({count, static_cast<py::ssize_t>(lists.width())});
    lists.unpack(room(features));
    return py::make_tuple(Numbers(static_cast<py::ssize_t>(lists.begins().size()), lists.begins().data()), features,
                          Matrix({count, static_cast<py::ssize_t>(lists.counts())}, lists.statistics().data()));
}

}  // namespace

void register_rerank(py::module_& m) {
    m.def("bleu", &bleu_values, py::arg("statistics"), py::arg("smoothing"), py::arg("smoothing_value"),
          py::arg("effective_order"), "BLEU of added-up statistics, a value a row.");
    m.def("bleu_statistics", &bleu_statistics, py::arg("tokens"), py::arg("begins"), py::arg("reference_tokens"),
          py::arg("reference_begins"), py::arg("segments"), py::arg("reference_segments"), py::arg("threads"),
          "Lengths, matches and totals of every hypothesis.");

    py::class_<RerankValue, std::shared_ptr<RerankValue>>(m, "RerankValue", "A corpus metric of added-up statistics.");
    m.def(
        "bleu_value",
        [](const std::string& smoothing, double value, bool effective_order) -> std::shared_ptr<RerankValue> {
            return std::make_shared<BleuValue>(bleu_settings(smoothing, value, effective_order));
        },
        py::arg("smoothing"), py::arg("smoothing_value"), py::arg("effective_order"));
    m.def(
        "python_value",
        [](py::object function, std::size_t width) -> std::shared_ptr<RerankValue> {
            return std::make_shared<PythonValue>(std::move(function), width);
        },
        py::arg("function"), py::arg("width"), "What a function makes of totals of shape (rows, width).");

    py::class_<Rerank, Objective, std::shared_ptr<Rerank>>(m, "Rerank", "A corpus metric of picks from n-best lists.")
        .def(py::init(&rerank), py::arg("begins"), py::arg("features"), py::arg("statistics"), py::arg("value"),
             py::arg("maximise"))
        .def("picks", &picks, py::arg("candidate"))
        .def("totals", &totals, py::arg("picks"))
        .def("climb", &climb, py::arg("start"), py::arg("passes"),
             "Picks that hill-climbing ends at; None where the value cannot be computed.")
        .def("line", &line, py::arg("x"), py::arg("direction"), py::arg("threads"),
             "Breakpoints along a line, and the totals of the intervals between them.")
        .def("data", &data, "Begins, features and statistics.")
        .def(
            "answering",
            [](const Rerank& objective, bool invalid) {
                return objective.answering(invalid ? OnNoValue::invalid : OnNoValue::stop);
            },
            py::arg("invalid"), "The same with NaN where the value cannot be computed, or with a failure.");
}

}  // namespace zoopt::bindings

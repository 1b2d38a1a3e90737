#include "metric_objective.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "metric_sink.hpp"
#include "zoopt/error.hpp"

namespace zoopt::objectives {
namespace {

constexpr double invalid = std::numeric_limits<double>::quiet_NaN();

// Confusion cells that are counted at a time: 8 MiB.
constexpr std::size_t cell_limit = std::size_t{1} << 20;

std::vector<std::uint32_t> of_class(const Targets& targets, std::int32_t wanted) {
    std::vector<std::uint32_t> chosen;
    for (std::size_t s = 0; s < targets.samples(); ++s) {
        if (targets.of(s) == wanted) chosen.push_back(static_cast<std::uint32_t>(s));
    }
    return chosen;
}

// Samples, packed, and what they truly are: all there are, or a mini-batch.
template <class T>
struct Part {
    Targets targets;
    // Of two classes that are only counted one set each, first that of class 0, so that kernels need no labels. Else
    // one set, in the original order.
    std::vector<PackedSamples<T>> sets;

    bool by_class() const { return sets.size() == 2; }
};

template <class T>
class ModelMetric final : public MetricObjective {
   public:
    ModelMetric(std::unique_ptr<Model<T>> model, const Samples& samples, Targets targets,
                std::optional<Measure> measure, Batching batching)
        : model_(std::move(model)),
          measure_(std::move(measure)),
          rule_(measure_ ? std::optional(measure_->rule(targets.kind())) : std::nullopt),
          largest_(largest_features(samples)),
          whole_(packed(samples, std::move(targets), batching.size == 0)) {
        if (batching.size > 0) batches_.emplace(samples.count, batching.size, batching.seed);
    }

    std::size_t dim() const override { return model_->dim(); }
    std::size_t samples() const override { return whole_.targets.samples(); }
    std::size_t features() const override { return model_->features(); }
    std::size_t outputs() const override { return model_->outputs(); }
    Sense sense() const override { return measure_ ? measure_->sense() : Sense::maximise; }
    bool usable(std::span<const double> candidate) const override { return model_->usable(largest_, candidate); }

    void copy_samples(std::span<double> out) const override {
        for (const PackedSamples<T>& set : whole_.sets) set.unpack(out);
    }

    void scores(std::span<const double> candidate, std::span<double> out) const override {
        for (const PackedSamples<T>& set : whole_.sets) copy_scores(*model_, set, candidate, 1, out);
    }

    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override {
        if (!rule_) throw Error(ErrorKind::state, "this model has no compiled metric");
        if (!batches_ || generation == whole_set) return evaluate_on(whole_, rows, threads, values);
        const std::shared_ptr<const Part<T>> batch = batch_of(generation);
        evaluate_on(*batch, rows, threads, values);
    }

   private:
    bool counts_are_enough(const Targets& targets) const {
        return rule_ && std::holds_alternative<CountRule>(*rule_) && !targets.weighted();
    }

    Part<T> packed(const Samples& samples, Targets targets, bool may_split) const {
        Part<T> part{std::move(targets), {}};
        if (may_split && part.targets.kind() == Target::binary && counts_are_enough(part.targets)) {
            for (std::int32_t of : {0, 1}) part.sets.push_back(model_->pack(samples, of_class(part.targets, of)));
        } else {
            part.sets.push_back(model_->pack(samples, all_of(samples.count)));
        }
        return part;
    }

    std::shared_ptr<const Part<T>> batch_of(std::uint64_t generation) const {
        return batch_.of(*batches_, generation, [this](const std::vector<std::uint32_t>& chosen) {
            std::vector<double> gathered(chosen.size() * features());
            for (std::size_t i = 0; i < chosen.size(); ++i) {
                whole_.sets[0].copy_sample(chosen[i], {gathered.data() + i * features(), features()});
            }
            const Samples samples{gathered.data(), chosen.size(), features()};
            return std::make_shared<const Part<T>>(packed(samples, whole_.targets.chosen(chosen), true));
        });
    }

    void evaluate_on(const Part<T>& part, const Rows& rows, unsigned threads, std::span<double> values) const {
        const std::size_t at_once =
            counts_are_enough(part.targets)
                ? std::max<std::size_t>(1, cell_limit / (part.targets.classes() * part.targets.classes()))
                : candidates_at_once<T>(*rule_, part.targets, part.sets[0].blocks(), threads);
        for (std::size_t first = 0; first < rows.count; first += at_once) {
            const std::size_t here = std::min(at_once, rows.count - first);
            const Rows some{rows.data + first * rows.dim, here, rows.dim};
            const std::span<double> out = values.subspan(first, here);
            if (counts_are_enough(part.targets)) {
                count(part, some, threads, out);
            } else {
                gather(part, some, threads, out);
            }
            for (std::size_t k = 0; k < here; ++k) {
                out[k] = usable({some.data + k * rows.dim, rows.dim}) ? measure_->natural(out[k]) : invalid;
            }
        }
    }

    void gather(const Part<T>& part, const Rows& rows, unsigned threads, std::span<double> values) const {
        const std::unique_ptr<MetricSink<T>> sink =
            metric_sink<T>(*rule_, part.targets, rows.count, part.sets[0].blocks());
        model_->forward(part.sets[0], rows, threads, *sink);
        sink->values(threads, values);
    }

    void count(const Part<T>& part, const Rows& rows, unsigned threads, std::span<double> values) const {
        const std::size_t classes = part.targets.classes();
        std::vector<std::int64_t> cells(rows.count * classes * classes);
        if (part.by_class()) {
            count_by_class(part, rows, threads, cells);
        } else if (part.targets.kind() == Target::multiclass) {
            model_->count_winners(part.sets[0], part.targets.numbers(), rows, threads, cells);
        } else {
            return gather(part, rows, threads, values);
        }
        WholeCounts counts(std::get<CountRule>(*rule_), classes);
        for (std::size_t k = 0; k < rows.count; ++k) {
            values[k] = counts.of({cells.data() + k * classes * classes, classes * classes});
        }
    }

    void count_by_class(const Part<T>& part, const Rows& rows, unsigned threads,
                        std::vector<std::int64_t>& cells) const {
        const PackedSamples<T>* const sets[] = {&part.sets[0], &part.sets[1]};
        std::vector<std::int64_t> predicted(2 * rows.count);
        model_->count_positives(sets, rows, threads, predicted);
        for (std::size_t truth = 0; truth < 2; ++truth) {
            for (std::size_t k = 0; k < rows.count; ++k) {
                const std::int64_t positive = predicted[truth * rows.count + k];
                cells[4 * k + 2 * truth] = static_cast<std::int64_t>(sets[truth]->count()) - positive;
                cells[4 * k + 2 * truth + 1] = positive;
            }
        }
    }

    std::unique_ptr<Model<T>> model_;
    std::optional<Measure> measure_;
    std::optional<Rule> rule_;
    std::vector<double> largest_;
    Part<T> whole_;
    std::optional<MiniBatches> batches_;
    BatchPart<Part<T>> batch_;
};

}  // namespace

template <class T>
std::unique_ptr<MetricObjective> metric_objective(std::unique_ptr<Model<T>> model, const Samples& samples,
                                                  Targets targets, std::optional<Measure> measure, Batching batching) {
    return std::make_unique<ModelMetric<T>>(std::move(model), samples, std::move(targets), std::move(measure),
                                            batching);
}

template std::unique_ptr<MetricObjective> metric_objective(std::unique_ptr<Model<float>>, const Samples&, Targets,
                                                           std::optional<Measure>, Batching);
template std::unique_ptr<MetricObjective> metric_objective(std::unique_ptr<Model<double>>, const Samples&, Targets,
                                                           std::optional<Measure>, Batching);

}  // namespace zoopt::objectives

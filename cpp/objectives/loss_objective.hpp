#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mini_batches.hpp"
#include "model.hpp"

namespace zoopt::objectives {

enum class Loss { cross_entropy, squared_error, focal, smooth_accuracy, dice, squared_dice };

// What the scores of the samples should be, and how much each sample counts: weights above 0 or 0, some above. Of the
// squared error truth[s * outputs + o] is the wanted score; of the others truth[s] is the number of the class (of two,
// with a single output, or of `outputs`).
struct LossTask {
    Loss loss;
    std::vector<double> truth;
    std::vector<double> weights;
    std::vector<double> offsets = {};  // added to the scores of each output, where there are classes; or none
    double focusing = 0.0;             // the exponent of the focal loss
};

// The loss of a model on samples, as a function of its parameters: to be minimised. Most are weighted means over the
// samples, the squared error also over the outputs; overlap_loss.cpp has those that are made of sums over all samples.
// Candidates that are not usable have the value NaN. With mini-batches the generation chooses one for all candidates;
// whole_set takes all samples.
class LossObjective : public Objective {
   public:
    Sense sense() const override { return Sense::minimise; }
    virtual std::size_t samples() const = 0;

    // Also the gradient, of which all numbers are NaN where the value is.
    virtual double value_and_gradient(std::span<const double> candidate, std::uint64_t generation, unsigned threads,
                                      std::span<double> gradient) const = 0;

    // The Hessian times `direction`, exact up to rounding; NaN where the value is.
    virtual void hessian_vector(std::span<const double> candidate, std::span<const double> direction,
                                std::uint64_t generation, unsigned threads, std::span<double> product) const = 0;

    virtual Precision precision() const = 0;

    // The same of chosen samples, each counted as often as it is chosen; their weights must not all be 0.
    virtual std::unique_ptr<LossObjective> of_chosen(std::vector<std::uint32_t> chosen) const = 0;
};

std::unique_ptr<LossObjective> loss_objective(const Architecture& architecture, const Samples& samples,
                                              const LossTask& task, Precision precision);

// The same by mini-batches, none of which may be without weight.
std::unique_ptr<LossObjective> in_mini_batches(std::unique_ptr<LossObjective> whole, const Batching& batching);

}  // namespace zoopt::objectives

#pragma once
#include <memory>

#include "loss_objective.hpp"

namespace zoopt::objectives {

// Loss::dice and Loss::squared_dice: 1 less the mean over the classes of 2 hits / sizes, where hits is the sum over the
// samples of the class of weight * probability, and sizes the sum over all of weight * (1 in the class + probability),
// or its square. The class of a single output is the positive one alone.
std::unique_ptr<LossObjective> overlap_loss(const Architecture& architecture, const Samples& samples,
                                            const LossTask& task, Precision precision);

}  // namespace zoopt::objectives

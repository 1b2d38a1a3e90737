#pragma once
#include <memory>

#include "objectives/loss_objective.hpp"
#include "objectives/policy_objective.hpp"
#include "zoopt/field.hpp"

// Objectives as fields. What is to be maximised is negated. The step chooses the mini-batch, or what is drawn.
namespace zoopt::flows {

std::shared_ptr<Field> loss_field(std::shared_ptr<const objectives::LossObjective> objective, unsigned threads);

std::shared_ptr<Field> policy_field(std::shared_ptr<const objectives::PolicyObjective> objective, unsigned threads);

// Without a gradient: asking for it throws.
std::shared_ptr<Field> value_field(std::shared_ptr<const Objective> objective, unsigned threads);

}  // namespace zoopt::flows

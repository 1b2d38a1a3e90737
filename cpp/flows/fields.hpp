#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zoopt/field.hpp"

// The fields that are compiled, one file each. Sizes are checked where Python can say what is wrong.
namespace zoopt::flows {

// 1/2 (x - centre)^T H (x - centre) with H of dim x dim, symmetric, or its diagonal.
std::unique_ptr<Field> quadratic(std::vector<double> curvature, std::vector<double> centre);

// A test function of the registry of objectives, at x - shift.
std::unique_ptr<Field> test_function(const std::string& name, std::size_t dim, std::vector<double> shift);

// 1/2 sum over i of (y_i - a_i b_i)^2 at x = (a, b).
std::unique_ptr<Field> product(std::vector<double> y);

// 1/2 |W_L ... W_1 X - Y|^2 (Frobenius); x holds W_1, ..., W_L by rows, W_l of shape widths[l] x widths[l - 1]; X has
// `columns` columns.
std::unique_ptr<Field> deep_linear(std::vector<std::size_t> widths, std::size_t columns, std::vector<double> inputs,
                                   std::vector<double> targets);

using Parts = std::vector<std::shared_ptr<Field>>;  // of one dimension

// The mean of the parts.
std::unique_ptr<Field> average(Parts parts);

// The part whose turn it is, selected by the step; whole_set, where it starts, is the mean. An epoch goes through all
// of them: with a seed in an order of its own, that of MiniBatches of one sample, else in theirs.
std::unique_ptr<Field> in_turn(Parts parts, std::optional<std::uint64_t> seed);

// The flow that gradient descent by one part after the other follows to first order in the learning rate: in the mean
// over orders, or in theirs.
std::unique_ptr<Field> epoch_flow(Parts parts, double learning_rate, bool in_order);

// What stands before g, H g and 4 H^2 g + T[g, g] in a modified flow.
struct ModifiedTerms {
    double plain;
    double first;
    double second;
};

// Adam's: the lags of both moments, beta / (1 - beta); a learning rate of 0 leaves the flow of zeroth order.
struct AdamTerms {
    double lag_1;
    double lag_2;
    double epsilon;
    double learning_rate;
};

std::unique_ptr<Field> adam_flow(std::shared_ptr<Field> inner, const AdamTerms& terms);

std::unique_ptr<Field> modified(std::shared_ptr<Field> inner, const ModifiedTerms& terms);

// Code compiled elsewhere, by its addresses. Each returns 0, or else has failed. hessian_vector may be null. It must
// outlive the field.
struct ForeignParts {
    using Value = std::int64_t (*)(const double* x, std::int64_t dim, double* value);
    using Product = std::int64_t (*)(const double* x, const double* v, std::int64_t dim, double* out);
    Value value;
    GradientCall::Function gradient;
    Product hessian_vector;
};

std::unique_ptr<Field> foreign_field(const ForeignParts& parts, std::size_t dim);

}  // namespace zoopt::flows

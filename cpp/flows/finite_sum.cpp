#include <algorithm>

#include "fields.hpp"
#include "objectives/mini_batches.hpp"
#include "zoopt/error.hpp"
#include "zoopt/objective.hpp"

namespace zoopt::flows {
namespace {

void check_parts(const Parts& parts) {
    if (parts.empty()) throw Error(ErrorKind::invalid_input, "a finite sum needs one field at least");
    for (const auto& part : parts) {
        if (part->dim() != parts.front()->dim()) {
            throw Error(ErrorKind::invalid_input, "the fields of a finite sum must have the same dim, got " +
                                                      std::to_string(parts.front()->dim()) + " and " +
                                                      std::to_string(part->dim()));
        }
    }
}

bool all_of(const Parts& parts, bool (Field::*has)() const) {
    return std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return ((*part).*has)(); });
}

class FiniteSum : public Field {
   public:
    explicit FiniteSum(Parts parts) : parts_(std::move(parts)) { check_parts(parts_); }

    std::size_t dim() const final { return parts_.front()->dim(); }
    bool has_hessian_vector() const override { return all_of(parts_, &Field::has_hessian_vector); }
    bool has_third() const override { return all_of(parts_, &Field::has_third); }
    bool conservative() const override { return all_of(parts_, &Field::conservative); }
    double rounding() const final {
        double largest = 0.0;
        for (const auto& part : parts_) largest = std::max(largest, part->rounding());
        return largest;
    }
    bool in_python() const final {
        return std::any_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->in_python(); });
    }

    void select(std::uint64_t step) override {
        for (const auto& part : parts_) part->select(step);
    }

   protected:
    double count() const { return static_cast<double>(parts_.size()); }

    Parts parts_;
};

class Average final : public FiniteSum {
   public:
    using FiniteSum::FiniteSum;

   protected:
    double find_value(Point x) const override {
        double sum = 0.0;
        for (const auto& part : parts_) sum += part->value(x);
        return sum / count();
    }

    void find_gradient(Point x, Slots out) const override {
        mean(out, [&](const Field& part, Slots found) { part.gradient(x, found); });
    }

    double find_both(Point x, Slots out) const override {
        double sum = 0.0;
        mean(out, [&](const Field& part, Slots found) { sum += part.value_and_gradient(x, found); });
        return sum / count();
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        mean(out, [&](const Field& part, Slots found) { part.hessian_vector(x, v, found); });
    }

    void find_third(Point x, Point v, Slots out) const override {
        mean(out, [&](const Field& part, Slots found) { part.third(x, v, found); });
    }

   private:
    template <class Find>
    void mean(Slots out, const Find& find) const {
        std::vector<double> found(dim());
        std::fill(out.begin(), out.end(), 0.0);
        for (const auto& part : parts_) {
            find(*part, found);
            for (std::size_t i = 0; i < out.size(); ++i) out[i] += found[i];
        }
        for (double& number : out) number /= count();
    }
};

// The field whose turn it is.
class InTurn final : public FiniteSum {
   public:
    InTurn(const Parts& parts, std::optional<std::uint64_t> seed) : FiniteSum(parts), mean_(parts), now_(&mean_) {
        if (seed) order_.emplace(parts_.size(), 1, *seed);
    }

    void select(std::uint64_t step) override {
        FiniteSum::select(step);
        now_ = step == whole_set ? &mean_ : parts_[turn(step)].get();
    }

   protected:
    double find_value(Point x) const override { return now_->value(x); }
    void find_gradient(Point x, Slots out) const override { now_->gradient(x, out); }
    double find_both(Point x, Slots out) const override { return now_->value_and_gradient(x, out); }
    void find_hessian_vector(Point x, Point v, Slots out) const override { now_->hessian_vector(x, v, out); }
    void find_third(Point x, Point v, Slots out) const override { now_->third(x, v, out); }

   private:
    std::size_t turn(std::uint64_t step) const { return order_ ? order_->of(step).front() : step % parts_.size(); }

    std::optional<objectives::MiniBatches> order_;
    Average mean_;
    const Field* now_;
};

// One epoch of steps against the gradients of parts C_1, ..., C_m is, to second order in the learning rate h,
//
//     x - h sum g_k + h^2 sum_k H_k (what the parts before k add up to),
//
// which time m h takes along g + (h/m) sum_k H_k (G/2 - sum_{j<k} g_j), where G = sum g_k. Over all orders the sum
// before k is (G - g_k)/2 in the mean, and leaves (h/2m) sum H_k g_k, the gradient of (h/4m) sum |g_k|^2
// (Smith et al. 2021).
class EpochFlow final : public FiniteSum {
   public:
    EpochFlow(Parts parts, double learning_rate, bool in_order)
        : FiniteSum(std::move(parts)), learning_rate_(learning_rate), in_order_(in_order) {}

    bool has_hessian_vector() const override { return false; }
    bool has_third() const override { return false; }
    bool conservative() const override { return !in_order_ && FiniteSum::conservative(); }

   protected:
    double find_value(Point x) const override {
        std::vector<double> slope(dim());
        double sum = 0.0;
        double squares = 0.0;
        for (const auto& part : parts_) {
            sum += part->value_and_gradient(x, slope);
            for (double number : slope) squares += number * number;
        }
        return (sum + 0.25 * learning_rate_ * squares) / count();
    }

    void find_gradient(Point x, Slots out) const override {
        const std::size_t size = dim();
        std::vector<double> slopes(parts_.size() * size);
        std::vector<double> whole(size, 0.0);
        for (std::size_t k = 0; k < parts_.size(); ++k) {
            const Slots slope(&slopes[k * size], size);
            parts_[k]->gradient(x, slope);
            for (std::size_t i = 0; i < size; ++i) whole[i] += slope[i];
        }
        std::vector<double> ahead(size);
        std::vector<double> before(size, 0.0);
        std::vector<double> product(size);
        std::copy(whole.begin(), whole.end(), out.begin());
        for (std::size_t k = 0; k < parts_.size(); ++k) {
            const double* slope = &slopes[k * size];
            for (std::size_t i = 0; i < size; ++i) {
                ahead[i] = in_order_ ? 0.5 * whole[i] - before[i] : 0.5 * slope[i];
                before[i] += slope[i];
            }
            parts_[k]->hessian_vector(x, ahead, product);
            for (std::size_t i = 0; i < size; ++i) out[i] += learning_rate_ * product[i];
        }
        for (double& number : out) number /= count();
    }

   private:
    double learning_rate_;
    bool in_order_;
};

}  // namespace

std::unique_ptr<Field> average(Parts parts) {
    return std::make_unique<Average>(std::move(parts));
}

std::unique_ptr<Field> in_turn(Parts parts, std::optional<std::uint64_t> seed) {
    return std::make_unique<InTurn>(parts, seed);
}

std::unique_ptr<Field> epoch_flow(Parts parts, double learning_rate, bool in_order) {
    return std::make_unique<EpochFlow>(std::move(parts), learning_rate, in_order);
}

}  // namespace zoopt::flows

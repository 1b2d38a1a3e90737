#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "zoopt/distribution.hpp"

namespace zoopt {
namespace {

// z = sqrt(d) e_i with i uniform: one coordinate a sample, drawn with replacement.
class Coordinate final : public Distribution {
   public:
    explicit Coordinate(const Setup& setup) : drawn_(setup.samples) {}

    void prepare(Theta&) const override {}

    void begin(const Theta& theta, const noise::Address& address, unsigned) override {
        foreign_.clear();
        dim_ = theta.dim();
        axes_.resize(drawn_);
        for (std::size_t s = 0; s < drawn_; ++s) {
            axes_[s] = noise::below(dim_, address, static_cast<std::uint32_t>(s));
        }
    }

    void redraw(const Theta&, std::span<const Replacement> samples, const noise::Address& address) override {
        for (const auto& [sample, number] : samples) axes_[sample] = noise::below(dim_, address, number);
    }

    void adopt(const Theta& theta, const Rows& rows) override {
        dim_ = theta.dim();
        foreign_.resize(rows.count * dim_);
        for (std::size_t k = 0; k < foreign_.size(); ++k) {
            foreign_[k] = (rows.data[k] - theta.mean[k % dim_]) / theta.scale;
        }
    }

    std::size_t samples() const override { return foreign_.empty() ? axes_.size() : foreign_.size() / dim_; }

    void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned,
                    double* rows) const override {
        const double step = theta.scale * length();
        for (std::size_t s = first; s < first + count; ++s) {
            rows = place(theta, axes_[s], step, rows);
            if (antithetic) rows = place(theta, axes_[s], -step, rows);
        }
    }

    void first_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        if (!foreign_.empty()) {
            for (std::size_t k = 0; k < foreign_.size(); ++k) out[k % dim_] += w[k / dim_] * foreign_[k];
            return;
        }
        for (std::size_t s = 0; s < axes_.size(); ++s) out[axes_[s]] += w[s] * length();
    }

    void second_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        if (!foreign_.empty()) {
            for (std::size_t k = 0; k < foreign_.size(); ++k) {
                out[k % dim_] += w[k / dim_] * (foreign_[k] * foreign_[k] - 1.0);
            }
            return;
        }
        double sum = 0.0;
        for (const double x : w) sum += x;
        for (double& x : out) x = -sum;
        for (std::size_t s = 0; s < axes_.size(); ++s) out[axes_[s]] += w[s] * static_cast<double>(dim_);
    }

    void squared_norms(unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), foreign_.empty() ? static_cast<double>(dim_) : 0.0);
        for (std::size_t k = 0; k < foreign_.size(); ++k) out[k / dim_] += foreign_[k] * foreign_[k];
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        for (double& x : g) x /= theta.scale;
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        for (double& x : g) x *= theta.scale;
    }

   private:
    double length() const { return std::sqrt(static_cast<double>(dim_)); }

    static double* place(const Theta& theta, std::size_t axis, double step, double* row) {
        std::copy(theta.mean.begin(), theta.mean.end(), row);
        row[axis] += step;
        return row + theta.dim();
    }

    std::size_t drawn_;
    std::size_t dim_ = 0;
    std::vector<std::size_t> axes_;
    std::vector<double> foreign_;
};

const Register<Distribution> entry{
    {"coordinate",
     "One coordinate at a time: x = mean + scale * sqrt(d) * e_i, i uniform.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Coordinate>(setup); }}};

}  // namespace
}  // namespace zoopt

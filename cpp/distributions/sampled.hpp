#pragma once
#include <span>

#include "zoopt/batch.hpp"
#include "zoopt/distribution.hpp"

namespace zoopt {

// What distributions share whose z is a batch of noise as it is.
class Sampled : public Distribution {
   public:
    Sampled(noise::Kind kind, const Setup& setup) : batch_(kind, setup.samples, setup.dim) {}

    void begin(const Theta&, const noise::Address& address, unsigned threads) override {
        batch_.begin(address);
        batch_.draw_all(threads);
    }

    void redraw(const Theta&, std::span<const Replacement> samples, const noise::Address& address) override {
        for (const auto& [sample, number] : samples) batch_.redraw(sample, address, number);
    }

    std::size_t samples() const override { return batch_.samples(); }

    void first_moment(std::span<const double> w, unsigned threads, std::span<double> out) const override {
        batch_.first_moment(w, threads, out);
    }
    void second_moment(std::span<const double> w, unsigned threads, std::span<double> out) const override {
        batch_.second_moment(w, threads, out);
    }
    void squared_norms(unsigned threads, std::span<double> out) const override { batch_.squared_norms(threads, out); }

   protected:
    // Writes the candidate of the step y, and its antithetic partner where it has one; returns where they end.
    static double* put(const Theta& theta, const double* y, bool antithetic, double* rows) {
        const std::size_t d = theta.dim();
        for (std::size_t i = 0; i < d; ++i) rows[i] = theta.mean[i] + theta.scale * y[i];
        if (!antithetic) return rows + d;
        for (std::size_t i = 0; i < d; ++i) rows[d + i] = theta.mean[i] - theta.scale * y[i];
        return rows + 2 * d;
    }

    const Batch& batch() const { return batch_; }
    Batch& batch() { return batch_; }

   private:
    Batch batch_;
};

}  // namespace zoopt

#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "engine/kernels.hpp"
#include "zoopt/batch.hpp"
#include "zoopt/distribution.hpp"
#include "zoopt/error.hpp"

namespace zoopt {

// What distributions over finite sets share: theta.mean holds logits, z is the score d log p(x) / d logits, and each
// variable of a candidate takes one uniform number.
class Discrete : public Distribution {
   public:
    Discrete(const Setup& setup, std::size_t variables) : batch_(noise::Kind::uniform, setup.samples, variables) {
        if (setup.samples == setup.rows) return;
        throw Error(ErrorKind::invalid_input,
                    "the score of a discrete distribution has no antithetic partner; compose it with antithetic=False");
    }

    void prepare(Theta&) const override {}
    bool continuous() const override { return false; }

    void begin(const Theta& theta, const noise::Address& address, unsigned) override {
        batch_.begin(address);
        batch_.draw_all(1);
        probabilities(theta, p_);
    }

    void redraw(const Theta&, std::span<const Replacement> samples, const noise::Address& address) override {
        for (const auto& [sample, number] : samples) batch_.redraw(sample, address, number);
    }

    void adopt(const Theta&, const Rows&) override {
        throw Error(ErrorKind::invalid_input, "this distribution is discrete: it takes no candidates but its own");
    }

    std::size_t samples() const override { return batch_.samples(); }

    void first_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        each_score([&](std::size_t s, std::span<const double> z) {
            for (std::size_t i = 0; i < out.size(); ++i) out[i] += w[s] * z[i];
        });
    }

    void second_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        each_score([&](std::size_t s, std::span<const double> z) {
            for (std::size_t i = 0; i < out.size(); ++i) out[i] += w[s] * (z[i] * z[i] - 1.0);
        });
    }

    void squared_norms(unsigned, std::span<double> out) const override {
        const auto dot = ZOOPT_PICK_TABLE(engine_kernels).dot;
        each_score([&](std::size_t s, std::span<const double> z) { out[s] = dot(z.data(), z.data(), z.size()); });
    }

    void vanilla(const Theta&, std::span<double>) const override {}

   protected:
    // Probabilities of theta's logits, one a logit.
    virtual void probabilities(const Theta& theta, std::vector<double>& p) const = 0;
    // The score of the candidate that the uniform numbers u give.
    virtual void score(std::span<const double> u, std::span<double> z) const = 0;

    const std::vector<double>& p() const { return p_; }

    // The uniform numbers of one sample, one a variable.
    std::vector<double> uniforms(std::size_t sample) const {
        std::vector<double> u(batch_.dim());
        batch_.row(sample, u);
        return u;
    }

   private:
    template <class Use>
    void each_score(Use&& use) const {
        std::vector<double> z(p_.size());
        for (std::size_t s = 0; s < samples(); ++s) {
            score(uniforms(s), z);
            use(s, z);
        }
    }

    Batch batch_;
    std::vector<double> p_;
};

}  // namespace zoopt

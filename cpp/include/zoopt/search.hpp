#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "zoopt/distribution.hpp"
#include "zoopt/schedule.hpp"
#include "zoopt/shaping.hpp"
#include "zoopt/update.hpp"

namespace zoopt {

// An algorithm: one entry of each registry, and the numbers.
struct Plan {
    std::string distribution;
    std::string shaping;
    std::string update;
    std::string schedule;
    std::string driver;
    Metric metric;
    std::size_t population;  // candidates a generation, without the mean
    bool antithetic;
    Options options;  // of all stages and stopping rules together; every option of each must be there
    std::size_t categories = 0;
    double horizon = automatic;        // evaluations planned
    double memory_limit = unbounded;   // bytes
    double most_effort = 0.0;          // evaluations of a candidate where noise is handled; 0: it is not
    std::vector<double> covariance{};  // of the first distribution, scale^2 apart: d x d, its diagonal, or nothing
};

Setup setup_of(const Plan& plan, std::size_t dim);

// The stage of that name, or an error that says which kind of stage is unknown.
template <class Stage>
std::unique_ptr<Stage> make_stage(const std::string& kind, const std::string& name, const Options& options,
                                  const Setup& setup);

// One search distribution with the stages that move it: a leg of a run.
class Search {
   public:
    Search(const Plan& plan, std::span<const double> start, double scale, unsigned threads);

    std::size_t dim() const { return theta_.dim(); }
    std::size_t width() const { return distribution_->width(theta_.dim()); }
    std::size_t population() const { return population_; }
    std::size_t samples() const { return distribution_->samples(); }
    bool antithetic() const { return antithetic_; }
    bool needs_mean() const { return shaping_->needs_mean(); }
    std::uint64_t generation() const { return generation_; }
    const Theta& theta() const { return theta_; }
    std::span<double> mean() { return theta_.mean; }
    Distribution& distribution() { return *distribution_; }
    const Distribution& distribution() const { return *distribution_; }
    const Update& update() const { return *update_; }
    void widen(double factor) { theta_.scale *= factor; }

    // Sets the scale of the generation to come, where a schedule does.
    void prepare();
    // Draws the noise at this address for the candidates to come.
    void begin(const noise::Address& address);
    // Rows of the samples [first, first + count), two a sample where antithetic.
    void candidates(std::size_t first, std::size_t count, double* rows) const;
    // Whether they come in pieces, and a piece of them.
    bool comes_in_pieces() const { return distribution_->comes_in_pieces(); }
    std::size_t shares() const { return distribution_->shares(); }
    std::size_t share_begin(std::size_t k) const { return distribution_->share_begin(k); }
    void draw_share(std::size_t k, std::size_t first, std::size_t count) const {
        distribution_->draw_share(k, first, count);
    }
    void piece(const Piece& piece) const { distribution_->piece(theta_, antithetic_, piece); }
    // One candidate.
    void candidate(std::size_t row, double* out) const;

    // Shapes costs into weights(); at least one cost is valid.
    void shape(std::span<const double> costs, double mean, bool paired);
    std::span<const double> weights() const { return weights_; }
    // Moves theta by weights. `offset`, where there is one, is added to the direction of the mean.
    void move(std::span<const double> weights, bool paired, std::span<const double> offset = {});
    // The direction that these weights give, without moving.
    std::span<const double> measure(std::span<const double> weights, bool paired);

    // Estimate of |E g|^2 / tr Cov(g) of the last direction g = sum of w z, from the products of its terms; NaN where
    // the update has asked for no direction, or fewer than two samples, or dependent ones, make it up.
    double signal_to_noise();

    void visit(Archive& archive);

   private:
    void half_of_pair(std::size_t row, double* out) const;
    std::span<const double> selected();
    double sum_of_squares(std::span<const double> weights);

    std::size_t population_;
    bool antithetic_;
    unsigned threads_;
    Metric metric_;
    double first_scale_;
    Theta theta_;
    std::unique_ptr<Distribution> distribution_;
    std::unique_ptr<Shaping> shaping_;
    std::unique_ptr<Update> update_;
    std::unique_ptr<Schedule> schedule_;
    Moments moments_;
    std::vector<double> weights_, norms_, sum_;
    std::uint64_t generation_ = 0;
};

}  // namespace zoopt

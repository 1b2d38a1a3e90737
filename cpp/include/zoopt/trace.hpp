#pragma once
#include <cstdint>
#include <vector>

namespace zoopt {

// One recorded generation.
struct TracePoint {
    std::uint64_t evaluations;
    double best;     // best value so far, natural
    double current;  // best value of the generation, natural
    double scale;    // of the distribution that the generation was drawn from
    double signal_to_noise;
};

// How a run went: at most `capacity` points. When it is full, every other one goes and the stride doubles.
class Trace {
   public:
    bool wants(std::uint64_t generation) const { return generation % stride_ == 0; }
    void add(std::uint64_t generation, const TracePoint& point);
    void clear();
    const std::vector<TracePoint>& points() const { return points_; }

   private:
    static constexpr std::size_t capacity = 4096;
    std::vector<TracePoint> points_;
    std::uint64_t stride_ = 1;
};

}  // namespace zoopt

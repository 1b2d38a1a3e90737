#include "zoopt/trace.hpp"

namespace zoopt {

void Trace::add(std::uint64_t generation, const TracePoint& point) {
    if (points_.size() == capacity) {
        for (std::size_t k = 0; k < capacity / 2; ++k) points_[k] = points_[2 * k];
        points_.resize(capacity / 2);
        stride_ *= 2;
    }
    if (wants(generation)) points_.push_back(point);
}

void Trace::clear() {
    points_.clear();
    stride_ = 1;
}

}  // namespace zoopt

#pragma once
#include <chrono>
#include <functional>
#include <utility>

namespace zoopt {

// Asks now and then, on the thread that runs, whether a long run is to end.
class Interrupt {
   public:
    using Clock = std::chrono::steady_clock;
    using Ask = std::function<void()>;  // throws where the run is to end

    static constexpr std::chrono::milliseconds patience{50};

    explicit Interrupt(Ask ask) : ask_(std::move(ask)), next_(Clock::now() + patience) {}

    void poll(Clock::time_point now) {
        if (now < next_) return;
        ask_();
        next_ = now + patience;
    }

   private:
    Ask ask_;
    Clock::time_point next_;
};

}  // namespace zoopt

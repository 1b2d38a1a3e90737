#include "zoopt/threads.hpp"

#include <pthread.h>

#if defined(__linux__)
#include <sched.h>
#endif

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace zoopt::threads {

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void yield() {
    std::this_thread::yield();
}

namespace {

constexpr std::chrono::microseconds hurried{10};  // what the gaps between the parts of a generation take
constexpr std::chrono::microseconds awake{100};   // about twice what it takes to wake a thread that sleeps
constexpr int looks = 16;                         // between two looks at the clock

// Waits for a condition without sleeping, for a time that a clock measures: a pause takes 40 cycles on one processor
// and 140 on another. Where it takes longer, the processor may be what the other thread is waiting for, so it is
// offered to all that want it. Returns whether the condition came true.
template <class Condition>
bool wait_awake(const Condition& condition) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    for (auto now = start; now < start + awake; now = Clock::now()) {
        for (int i = 0; i < looks; ++i) {
            if (condition()) return true;
            pause();
        }
        if (now > start + hurried) std::this_thread::yield();
    }
    return condition();
}

// Where one thread waits for what another one does. Who changes the condition calls wake() afterwards, which costs a
// load while the other is awake. All is sequentially consistent: either the waiter sees the change, or who changes the
// condition sees the waiter.
class Gate {
   public:
    template <class Condition>
    void wait(bool awake_first, const Condition& condition) {
        if (awake_first && wait_awake(condition)) return;
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_.store(true);
        changed_.wait(lock, condition);
        asleep_.store(false);
    }

    void wake() {
        if (!asleep_.load()) return;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
        }
        changed_.notify_one();
    }

   private:
    std::atomic<bool> asleep_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
};

struct Task {
    std::size_t count;
    std::size_t parts;
    Work work;
    std::mutex failing{};
    std::exception_ptr failure{};

    void run(std::size_t part) noexcept {
        try {
            work(count * part / parts, count * (part + 1) / parts);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(failing);
            if (!failure) failure = std::current_exception();
        }
    }
};

std::size_t processors() {
#if defined(__linux__)
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) return static_cast<std::size_t>(CPU_COUNT(&allowed));
#endif
    return std::thread::hardware_concurrency();
}

class Pool {
   public:
    // Runs all parts of the task; false where the pool is in use, be it by a caller above this one on the same thread,
    // or where the system gives no more threads.
    bool run(Task& task) {
        if (busy_.test_and_set(std::memory_order_acquire)) return false;
        const bool ran = grow(task.parts - 1);
        if (ran) run_alone(task);
        busy_.clear(std::memory_order_release);
        return ran;
    }

   private:
    // A cache line of its own for every thread: what one is told disturbs no other.
    struct alignas(64) Worker {
        std::atomic<Task*> task{nullptr};
        Gate gate;
    };

    // The caller runs the first part, then those that no worker has begun: a thread that has no processor at the moment
    // keeps nobody waiting. Ascending, so that a part may wait for what an earlier one has done.
    void run_alone(Task& task) {
        finished_parts_.store(0);
        for (std::size_t part = 1; part < task.parts; ++part) {
            workers_[part - 1]->task.store(&task);
            workers_[part - 1]->gate.wake();
        }
        task.run(0);
        std::size_t begun = 0;
        for (std::size_t part = 1; part < task.parts; ++part) {
            if (workers_[part - 1]->task.exchange(nullptr) == nullptr) {
                ++begun;
            } else {
                task.run(part);
            }
        }
        finished_.wait(roomy(), [&] { return finished_parts_.load() == begun; });
    }

    bool grow(std::size_t workers) {
        try {
            while (workers_.size() < workers) {
                auto worker = std::make_unique<Worker>();
                const std::size_t part = workers_.size();
                workers_.reserve(part + 1);
                threads_.store(part + 2, std::memory_order_relaxed);
                std::thread([this, part, own = worker.get()] { work(part + 1, *own); }).detach();
                workers_.push_back(std::move(worker));
            }
        } catch (const std::system_error&) {
            return false;
        }
        return true;
    }

    // Whether every thread has a processor to itself; waiting awake would else keep the others from working.
    bool roomy() const { return threads_.load(std::memory_order_relaxed) <= processors_; }

    [[noreturn]] void work(std::size_t part, Worker& own) {
        for (;;) {
            own.gate.wait(roomy(), [&] { return own.task.load() != nullptr; });
            Task* const task = own.task.exchange(nullptr);
            if (task == nullptr) continue;  // the caller took it back
            task->run(part);
            finished_parts_.fetch_add(1);  // from here on the task may be gone
            finished_.wake();
        }
    }

    std::atomic_flag busy_;
    std::vector<std::unique_ptr<Worker>> workers_;
    const std::size_t processors_ = processors();
    std::atomic<std::size_t> threads_{1};  // workers and the caller
    alignas(64) std::atomic<std::size_t> finished_parts_{0};
    Gate finished_;
};

// The pool lives on the heap and is never destroyed: its threads may still wait when the process exits, and after a
// fork the child's copy has no threads at all, so the child drops the pointer and makes a pool of its own.
std::atomic<Pool*> the_pool{nullptr};

void forget_pool() {
    the_pool.store(nullptr, std::memory_order_relaxed);
}

Pool& pool() {
    static const int registered = pthread_atfork(nullptr, nullptr, forget_pool);
    (void)registered;
    Pool* now = the_pool.load(std::memory_order_acquire);
    if (now != nullptr) return *now;
    Pool* fresh = new Pool;
    if (the_pool.compare_exchange_strong(now, fresh, std::memory_order_acq_rel)) return *fresh;
    delete fresh;
    return *now;
}

}  // namespace

void run_parts(std::size_t count, std::size_t parts, Work work) {
    Task task{count, parts, work};
    if (!pool().run(task)) return work(0, count);
    if (task.failure) std::rethrow_exception(task.failure);
}

}  // namespace zoopt::threads

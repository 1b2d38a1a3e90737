#include <cmath>

#include "check.hpp"
#include "flows/descend.hpp"
#include "flows/fields.hpp"
#include "flows/flow.hpp"
#include "tiers.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

flows::FlowTask task(const std::string& method, double to, std::optional<double> step) {
    flows::FlowTask asked{};
    asked.method = method;
    asked.from = 0.0;
    asked.to = to;
    asked.step = step;
    asked.tolerances = {1e-9, {1e-12}};
    asked.keeping.every = 1;
    asked.ask = [] {};
    return asked;
}

flows::DescentTask descent(const std::string& update, std::uint64_t steps) {
    return {.update = update,
            .schedule = "constant",
            .options = {{"learning_rate", 0.1}, {"weight_decay", 0.0}, {"momentum", 0.5}},
            .steps = steps,
            .keeping = {.every = 1},
            .events = {},
            .callback = {},
            .ask = [] {}};
}

double sum(const std::vector<double>& numbers) {
    double total = 0.0;
    for (double number : numbers) total += number;
    return total;
}

// Fails from its fourth gradient on.
class Failing final : public Field {
   public:
    std::size_t dim() const override { return 1; }

   protected:
    double find_value(Point) const override { return 0.0; }
    void find_gradient(Point x, Slots out) const override {
        if (++asked_ > 3) throw std::domain_error("three are enough");
        out[0] = x[0];
    }

   private:
    mutable int asked_ = 0;
};

}  // namespace

ZOOPT_TEST(tableaus_are_consistent) {
    for (const flows::Tableau* one : flows::tableaus()) {
        check::equal(one->nodes.size() + 1, one->stages());
        check::close(sum(one->weights), 1.0, 1e-14);
        if (!one->error.empty()) check::close(sum(one->error), 0.0, 1e-14);
        if (!one->second_error.empty()) check::close(sum(one->second_error), 0.0, 1e-14);
        for (double theta : {0.0, 0.3, 1.0}) check::close(sum(one->at(theta)), theta, 1e-12);
        for (std::size_t j = 0; j < one->stages(); ++j) check::close(one->at(1.0)[j], one->weights[j], 1e-12);
    }
}

ZOOPT_TEST(flows_of_quadratics_are_exponentials) {
    const auto field = flows::quadratic({1.0, 2.0}, {0.0, 1.0});
    const std::vector<double> x0 = {1.0, 3.0};
    for (const flows::Tableau* one : flows::tableaus()) {
        const double tolerance = one->order < 3 ? 1e-3 : 1e-7;
        const flows::Flow flow = flows::run(*field, x0, task(one->name, 1.0, 0.01));
        check::equal(flow.kept.t.size(), std::size_t{101});
        check::close(flow.kept.x[200], std::exp(-1.0), 2.0 * tolerance * (one->order == 1 ? 2.0 : 1.0));
        check::close(flow.kept.x[201], 1.0 + 2.0 * std::exp(-2.0), 4.0 * tolerance * (one->order == 1 ? 2.0 : 1.0));
    }
}

ZOOPT_TEST(evaluations_of_flows_are_counted) {
    const auto field = flows::quadratic({1.0}, {0.0});
    const flows::Flow flow = flows::run(*field, std::vector<double>{1.0}, task("rk4", 1.0, 0.1));
    check::equal(flow.evaluations, std::uint64_t{40});
    check::equal(field->counts().gradients, flow.evaluations);
    flows::FlowTask burst = task("rk4", 1.0, 0.1);
    burst.keeping.every = 1000;
    check::equal(flows::run(*field, std::vector<double>{1.0}, burst).evaluations, std::uint64_t{40});
    const flows::Flow controlled = flows::run(*field, std::vector<double>{1.0}, task("dopri5", 1.0, std::nullopt));
    check::equal(controlled.evaluations, 2 + 6 * (controlled.steps + controlled.rejected));
}

ZOOPT_TEST(what_a_field_throws_comes_out_of_the_flow) {
    for (const std::uint64_t every : {std::uint64_t{1}, std::uint64_t{1000}}) {
        flows::FlowTask asked = task("rk4", 1.0, 0.1);
        asked.keeping.every = every;
        check::throws<std::domain_error>([&] { flows::run(Failing(), std::vector<double>{1.0}, asked); });
    }
}

ZOOPT_TEST(a_flow_that_is_interrupted_keeps_what_it_has) {
    const auto field = flows::quadratic({1.0}, {0.0});
    flows::FlowTask asked = task("euler", 1e9, 1e-3);
    asked.keeping.every = 0;
    asked.ask = [] { throw flows::Interrupted(); };
    const flows::Flow flow = flows::run(*field, std::vector<double>{1.0}, asked);
    check::that(flow.end == flows::End::interrupted);
    check::close(flow.kept.x.back(), std::pow(0.999, static_cast<double>(flow.steps)), 1e-9);
    check::close(flow.t, 1e-3 * static_cast<double>(flow.steps), 1e-6);
}

ZOOPT_TEST(descents_take_the_steps_of_their_update) {
    const auto field = flows::quadratic({1.0}, {0.0});
    const std::vector<double> x0 = {1.0};
    const flows::Flow plain = flows::descend(*field, x0, descent("sgd", 3));
    check::close(plain.kept.x.back(), 0.9 * 0.9 * 0.9, 1e-15);
    check::close(plain.kept.t.back(), 0.3, 1e-15);
    check::equal(plain.evaluations, std::uint64_t{3});
    const flows::Flow heavy = flows::descend(*field, x0, descent("momentum", 2));
    check::close(heavy.kept.x.back(), 0.9 - 0.1 * (0.9 + 0.5), 1e-15);
    check::throws<Error>([&] { flows::descend(*field, x0, descent("hold", 1)); });
    check::throws<Error>([&] { flows::descend(*field, x0, descent("nothing", 1)); });
}

ZOOPT_TEST(what_a_field_throws_comes_out_of_the_descent) {
    Failing field;
    check::throws<std::domain_error>([&] { flows::descend(field, std::vector<double>{1.0}, descent("sgd", 10)); });
}

ZOOPT_TEST(fields_of_parts_are_those_of_one_dimension) {
    const std::shared_ptr<Field> one = flows::quadratic({1.0}, {0.0});
    const std::shared_ptr<Field> two = flows::quadratic({1.0, 2.0}, {0.0, 1.0});
    check::throws<Error>([&] { flows::average({one, two}); });
    check::throws<Error>([&] { flows::in_turn({}, std::nullopt); });
    const auto turns = flows::in_turn({flows::quadratic({1.0}, {1.0}), flows::quadratic({1.0}, {2.0})}, std::nullopt);
    const flows::Flow flow = flows::descend(*turns, std::vector<double>{0.0}, descent("sgd", 2));
    check::close(flow.kept.x[1], 0.1, 1e-15);
    check::close(flow.kept.x[2], 0.1 - 0.1 * (0.1 - 2.0), 1e-15);
}

ZOOPT_TEST(flows_are_the_same_on_every_tier) {
    std::vector<double> first;
    on_every_tier([&] {
        const auto field = flows::test_function("rastrigin", 37, {});
        flows::FlowTask asked = task("dop853", 0.05, std::nullopt);
        const flows::Flow flow = flows::run(*field, std::vector<double>(37, 0.3), asked);
        if (first.empty()) first = flow.kept.x;
        check::that(flow.kept.x == first, "a tier has other bits");
    });
}

}  // namespace zoopt

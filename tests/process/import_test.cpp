// A large import at a hub that people push to meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

// Milliseconds from saving an entry to knowing that the hub has it, of `count` entries one after the other.
std::vector<double> ways_to_the_hub(const Desk& desk, int count) {
  std::vector<double> took_ms;
  for (int i = 0; i < count; ++i) {
    const auto began = std::chrono::steady_clock::now();
    desk.add_entry("entry");
    desk.until("held", [&] { return desk.waiting() == 0; });
    took_ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
  }
  std::ranges::sort(took_ms);
  return took_ms;
}

TEST(Import, LetsPushesThroughWhileItRuns) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  const auto alone = ways_to_the_hub(desk, 10);
  const auto cn = [&] { return std::stoull(desk.status()["replica"]["cn"].get<std::string>()); };
  const auto before = cn();
  std::atomic<bool> imported = false;
  std::thread importing([&] {
    centre.hub().import(20'000);
    imported = true;
  });
  desk.until("the import has begun", [&] { return cn() > before + 1 || imported; });

  const auto beside = ways_to_the_hub(desk, 10);

  EXPECT_FALSE(imported) << "the entries waited for the whole import";
  std::printf("an entry on its way to the hub: %.0f ms at most, beside an import %.0f ms (%.1f times)\n", alone.back(),
              beside.back(), beside.back() / alone.back());
  importing.join();
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
}

}  // namespace
}  // namespace holdline::process

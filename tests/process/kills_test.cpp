// Workstation and hub killed at any moment: what was called saved is there.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "sync/schema/schema.hpp"
#include "tests/process/support/centre.hpp"
#include "tests/process/support/fault_proxy.hpp"

namespace holdline::process {
namespace {

TEST(Kill, InTheMiddleOfTheFirstDownloadIsMadeGoodByTheNextStart) {
  FaultProxy proxy;
  Centre centre(proxy.port());
  proxy.forward_to(centre.hub().port());
  centre.hub().import(20'000);
  Desk desk(centre.directory(), "desk-1");
  desk.start();
  // The answer to the enrolment carries the schema.
  const std::size_t schema_bytes = sync::default_schema_text().size() * 5 / 4;
  proxy.arm({Fault::Kind::stall, schema_bytes + 20'000, 1});
  desk.join(centre.hub());

  std::set<std::string> states;
  for (std::size_t round = 1; round <= 6; ++round) {
    desk.until("the download under way", [&] { return proxy.struck() == 1; });
    EXPECT_EQ(desk.status()["replica"]["cn"], "0");
    states.insert(desk.status()["sync"]["state"]);
    desk.daemon().kill();
    if (round < 6) proxy.arm({Fault::Kind::stall, 60'000 + 60'000 * round, 1});
    desk.start();
  }

  EXPECT_EQ(states, (std::set<std::string>{"preparing", "bootstrapping"})) << "dictionary and rows";
  desk.wait_for("online");
  desk.wait_until_equal_to(centre.hub());
}

TEST(Kill, WhileChangesArriveLeavesWholeCutsOnly) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  std::thread import([&] { centre.hub().import(20'000); });

  for (int round = 0; round < 15; ++round) {
    desk.daemon().kill();
    desk.start();
  }
  import.join();

  desk.wait_for("online");
  desk.wait_until_equal_to(centre.hub());
}

}  // namespace
}  // namespace holdline::process

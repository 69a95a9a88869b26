// A replica on a disk that fails.
#pragma once

#include "tests/support/fault_vfs.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {

inline ReplicaOptions options_on(support::FaultDisk& disk) {
  ReplicaOptions options;
  options.directory = "/replica";
  options.vfs_name = disk.vfs_name();
  options.locking = platform::Locking::exclusive;
  const auto powered = [&disk]() -> Result<void> {
    if (disk.power_is_off()) return fail(ErrorKind::stop, "io-error", "No power.");
    return {};
  };
  options.remove = [&disk, powered](const std::filesystem::path& path) -> Result<void> {
    HOLDLINE_TRY(powered());
    disk.write(path.string(), std::nullopt);
    return {};
  };
  options.publish = [&disk, powered](const std::filesystem::path& from,
                                     const std::filesystem::path& to) -> Result<void> {
    HOLDLINE_TRY(powered());
    disk.write(to.string(), disk.read(from.string()));
    disk.write(from.string(), std::nullopt);
    return {};
  };
  return options;
}

}  // namespace holdline::agent

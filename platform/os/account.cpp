#include "platform/os/account.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace holdline::platform {

std::uint32_t own_uid() { return ::geteuid(); }

std::int64_t own_terminal() { return ::getsid(0); }

bool is_member(std::uint32_t uid, const std::string& group) {
  std::array<char, 16 * 1024> buffer;
  passwd account{};
  passwd* found_account = nullptr;
  if (::getpwuid_r(uid, &account, buffer.data(), buffer.size(), &found_account) != 0 || !found_account) return false;
  const std::string name = account.pw_name;
  const gid_t first_group = account.pw_gid;
  ::group wanted{};
  ::group* found_group = nullptr;
  if (::getgrnam_r(group.c_str(), &wanted, buffer.data(), buffer.size(), &found_group) != 0 || !found_group)
    return false;
  const gid_t gid = wanted.gr_gid;
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  if (::getgrouplist(name.c_str(), first_group, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(name.c_str(), first_group, groups.data(), &count) < 0) return false;
  }
  groups.resize(static_cast<std::size_t>(count));
  return std::ranges::find(groups, gid) != groups.end();
}

Result<void> become_owner_of(const std::filesystem::path& directory) {
  const auto failed = [&](const char* doing) {
    const int error = errno;
    return fail(ErrorKind::stop, error == ENOENT ? "file-missing" : "io-error",
                std::string("Could not ") + doing + " " + directory.string() + ": " + std::strerror(error) + ".");
  };
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) return failed("look at");
  if (::geteuid() != 0 || info.st_uid == 0) return {};
  // The groups first: without root's rights they cannot be given up any more.
  if (::setgroups(0, nullptr) != 0 || ::setgid(info.st_gid) != 0 || ::setuid(info.st_uid) != 0)
    return failed("take the account of the owner of");
  return {};
}

}  // namespace holdline::platform

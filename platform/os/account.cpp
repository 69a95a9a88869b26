#include "platform/os/account.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace holdline::platform {

std::uint32_t own_uid() { return ::geteuid(); }

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

}  // namespace holdline::platform

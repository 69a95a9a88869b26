// What has come of chunks that are not whole yet, in the file that is being built: on a slow line a chunk takes
// minutes, and neither a line that breaks nor a restart of the daemon may cost them. A chunk that came at once is never
// here. Internal to agent/replica.
#pragma once

#include <map>
#include <string_view>

#include "platform/database/database.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

class BegunChunks {
 public:
  // Makes the table where there is none: files of earlier versions have none.
  Result<void> load(platform::Database& file, const sync::Manifest& manifest);
  // Empty: nothing has come.
  std::string_view of(const sync::Hash& chunk) const;
  // The next part of it, behind what has come.
  Result<void> add(platform::Database& file, const sync::Hash& chunk, std::string_view part);
  // In the file; with `forgotten` here as well, when that is durable.
  Result<void> erase(platform::Database& file, const sync::Hash& chunk);
  void forgotten(const sync::Hash& chunk) { begun_.erase(chunk); }
  void clear() { begun_.clear(); }

 private:
  std::map<sync::Hash, sync::Bytes> begun_;
};

}  // namespace holdline::agent

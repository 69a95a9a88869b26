// The values of pending ops by which their records are found: sorted runs that snapshots share. New values come as a
// small run, and runs of like size are merged (as in a log-structured tree), so that adding stays cheap with 100,000
// pending actions and looking up is a binary search in at most 17 runs.
//
// Values of ops that ended stay until half of all are such; whoever looks up checks what was found.
// Internal to agent/view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/replica/search.hpp"
#include "sync/action/action.hpp"
#include "sync/action/record.hpp"

namespace holdline::agent {

enum class FoundBy : std::uint8_t { word, phone, phone_start, reference, parent, about };

struct OverlayPosting {
  FoundBy by = FoundBy::word;
  bool creates = false;  // the op makes the record, so it gives all of its words
  std::string key;       // as SearchKeys; for `parent` the bytes of the id
  sync::RecordKey record;
  sync::ActionRef ref;
};

// A value: copies share the runs. Readers of different copies need no lock.
class OverlayIndex {
 public:
  void add(std::vector<OverlayPosting> postings);
  // `count` of the postings are of no use any more; `is_live` says which ones are, should it be time to tidy up.
  void retire(std::size_t count, const std::function<bool(const sync::ActionRef&)>& is_live);

  std::vector<sync::RecordKey> under(const sync::Id& parent) const;
  std::vector<sync::RecordKey> about(const sync::Id& root) const;
  std::vector<sync::RecordKey> candidates(const SearchQuery& query) const;

 private:
  using Run = std::vector<OverlayPosting>;
  template <class Visit>
  void each(FoundBy by, std::string_view prefix, const Visit& visit) const;
  std::vector<sync::RecordKey> all(FoundBy by, std::string_view key) const;
  void collect(FoundBy by, std::string_view prefix, std::vector<sync::RecordKey>& into) const;
  void collect_names(const std::vector<std::string>& words, std::vector<sync::RecordKey>& into) const;

  std::vector<std::shared_ptr<const Run>> runs_;  // large ones first
  std::size_t size_ = 0, retired_ = 0;
};

}  // namespace holdline::agent

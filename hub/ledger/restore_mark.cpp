#include "hub/ledger/restore_mark.hpp"

#include <charconv>
#include <string>
#include <utility>

namespace holdline::hub {

namespace {

constexpr std::uint64_t max_mark_bytes = 64;

tl::unexpected<Error> damaged(const platform::Path& file) {
  return fail(ErrorKind::stop, "damaged-mark",
              file.string() +
                  " is damaged. If the ledger beside it is the one the hub had last, remove the file; if it "
                  "was put back from a backup, remove it and run: holdline-hub new-epoch");
}

}  // namespace

Result<std::optional<Cursor>> RestoreMark::read() const {
  auto text = platform::read_file(file_, max_mark_bytes);
  if (!text && text.error().code == "file-missing") return std::nullopt;
  if (!text && text.error().code == "file-too-large") return damaged(file_);
  if (!text) return fail(std::move(text));
  Cursor mark;
  const char* const end = text->data() + text->size();
  const auto cn = std::from_chars(text->data(), end, mark.cn);
  if (cn.ec != std::errc() || cn.ptr == end || *cn.ptr != ' ') return damaged(file_);
  const auto salt = std::from_chars(cn.ptr + 1, end, mark.salt);
  if (salt.ec != std::errc() || std::string_view(salt.ptr, end) != "\n") return damaged(file_);
  return mark;
}

Result<void> RestoreMark::write(const Cursor& head) {
  return platform::replace_file(file_, std::to_string(head.cn) + " " + std::to_string(head.salt) + "\n");
}

// The writer's head, which is durable; a reader may see a commit of which nobody knows whether it will last.
Result<void> RestoreMark::keep_up(Ledger& ledger, std::optional<std::int64_t> now_ms) {
  if (now_ms && written_ms_ && *now_ms - *written_ms_ < interval_ms) return {};
  if (now_ms) written_ms_ = now_ms;  // also when it fails: the disk is not asked with every commit
  Cursor head;
  {
    HOLDLINE_ASSIGN(const auto transaction, ledger.begin());
    head = transaction->head();
  }
  return write(head);
}

Result<bool> recognise_restore(Ledger& ledger, const Cursor& mark, platform::Entropy& entropy) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  auto reached = reader->cut(mark, {}, 0, 1);
  if (reached || reached.error().code == "log-too-short") return false;
  if (reached.error().code != "unknown-cursor") return fail(std::move(reached));
  HOLDLINE_TRY(ledger.change_epoch(ledger.epoch(), entropy.id()));
  return true;
}

}  // namespace holdline::hub

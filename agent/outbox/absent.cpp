// A workstation whose outbox is gone: it reads and follows the hub, and saves nothing until somebody has decided.
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "agent/outbox/impl.hpp"

namespace holdline::agent {

namespace {

Error missing(const std::string& path) {
  return {ErrorKind::stop, "outbox-missing",
          "The outbox " + path +
              " is missing or empty although this workstation was set up before. Entries that were not yet sent are in "
              "it: stop holdlined, put it back from where it was moved or from a backup, and start again. Only when it "
              "is certainly lost, root runs: holdline outbox begin-anew --lost; the loss is then recorded."};
}

// Nothing is deleted: what is left of it may be worth something to somebody.
Result<void> set_aside(const std::string& path, std::int64_t wall_ms) {
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code error;
    if (!std::filesystem::exists(path + part, error)) continue;
    std::filesystem::rename(path + part, path + ".lost-" + std::to_string(wall_ms) + part, error);
    if (error)
      return fail(ErrorKind::stop, "io-error", "Could not set " + path + part + " aside: " + error.message() + ".");
  }
  return {};
}

}  // namespace

std::unique_ptr<Outbox> Outbox::absent(const Options& options, const platform::SecretKey& key, const sync::Id& device,
                                       platform::Clock& clock, platform::Entropy& entropy) {
  auto impl = std::make_unique<Impl>(options, key, clock, entropy);
  impl->absent = Impl::Absent{0};
  impl->state.device = device;
  impl->state.incarnations.emplace_back();
  impl->state.chains.resize(1);
  impl->maker = impl->state.maker();
  impl->suspended = missing(options.path);
  return std::unique_ptr<Outbox>(new Outbox(std::move(impl)));
}

Result<void> Outbox::begin_anew() {
  Impl& impl = *impl_;
  if (!impl.absent)
    return fail(ErrorKind::ask_person, "outbox-there",
                "The outbox of this workstation is there. What is in it is not given up.");
  HOLDLINE_TRY(set_aside(impl.options.path, impl.clock.now().wall_ms));
  HOLDLINE_ASSIGN(impl.store, OutboxStore::create(impl.options.path, impl.key, impl.options.database,
                                                  sync::Maker{impl.state.device, impl.entropy.id()}));
  impl.absent.reset();
  return impl.trust();
}

}  // namespace holdline::agent

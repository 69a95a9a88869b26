// The hub serving: which request is answered by which thread. Requests arrive on the I/O thread; pushes are read there,
// taken in groups on the ledger's thread, and everything that only reads is answered on the reading thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "hub/admin/admin.hpp"
#include "hub/callbacks/desks.hpp"
#include "hub/feed/ledger_read_thread.hpp"
#include "hub/feed/snapshots.hpp"
#include "hub/fleet/fleet.hpp"
#include "hub/intake/ledger_thread.hpp"
#include "hub/intake/write_proofs.hpp"
#include "hub/people/admission.hpp"
#include "hub/report/reports.hpp"
#include "hub/services/watch.hpp"
#include "hub/setup/parts.hpp"
#include "platform/http/server.hpp"
#include "platform/os/log.hpp"
#include "platform/os/task_thread.hpp"

#include <boost/asio/steady_timer.hpp>

namespace holdline::hub {

class HubServer {
 public:
  // Listens on the configured address and on DIRECTORY/admin.sock when it returns. Everything handed in outlives it.
  // `ledger_lost` is called once, on the ledger's thread, when nothing can be written until the ledger was opened
  // again: the process should end, without closing it.
  static Result<std::unique_ptr<HubServer>> start(boost::asio::io_context& io, HubParts& hub,
                                                  platform::Entropy& entropy, const platform::Clock& clock,
                                                  platform::Logger& log, std::function<void()> ledger_lost);
  ~HubServer();

  // The TCP port it listens on, also when the settings left the choice to the kernel (0).
  std::uint16_t port() const;

  // Stops accepting, lets answers in flight finish for at most `limit`, then calls `done` on the I/O thread.
  void stop(std::chrono::milliseconds limit, std::function<void()> done);

 private:
  HubServer(boost::asio::io_context& io, HubParts& hub, platform::Entropy& entropy, const platform::Clock& clock,
            platform::Logger& log, std::function<void()> ledger_lost);

  void committed();
  void keep_mark(std::optional<std::int64_t> now_ms);
  void tell_history_differs(const Device& device, bool ends_epoch);
  void answer(platform::HttpRequest request, platform::Respond respond);
  void answer_admin(platform::HttpRequest request, platform::Respond respond);
  void enroll(platform::HttpRequest request, platform::Respond respond);
  void refuse_enrolment(const Error& error, const platform::Respond& respond);
  void push(const Device& device, platform::HttpRequest request, platform::Respond respond);
  void read(const Device& device, platform::HttpRequest request, platform::Respond respond);
  void tell_people(const Device& device, platform::HttpRequest request, platform::Respond respond);
  void prove_writes(platform::Respond respond);
  void renew(const Device& device, platform::HttpRequest request, platform::Respond respond);
  // Who asks, by the ledger and this hub's clock.
  Result<Admission> authenticate(const platform::HttpRequest& request);
  // What the admission changes is made durable first; then the request is answered.
  void admit_and_answer(Admission admission, platform::HttpRequest request, platform::Respond respond);
  void serve(const Admission& admission, platform::HttpRequest request, platform::Respond respond);
  // What workstations tell and ask beside the feed. False: it is none of it.
  bool serve_beside_feed(const Device& device, platform::HttpRequest& request, platform::Respond& respond);
  void keep_fleet();
  void keep_told();  // what workstations told of themselves; on the ledger's thread
  bool keep_certificates();
  void watch_certificates();

  boost::asio::io_context& io_;
  HubParts& hub_;
  platform::Entropy& entropy_;
  const platform::Clock& clock_;
  platform::Logger& log_;
  Snapshots snapshots_;
  Fleet fleet_;
  SyncService io_codec_;                    // compression for the I/O thread
  SyncService ledger_codec_;                // and for the ledger's
  std::atomic<std::size_t> enrolling_ = 0;  // queued for the ledger's thread
  std::uint64_t refused_since_line_ = 0;    // of the I/O thread, as the next
  std::int64_t next_refusal_line_ms_ = 0;
  std::unique_ptr<LedgerReadThread> read_thread_;
  std::unique_ptr<LedgerThread> ledger_thread_;
  std::unique_ptr<CallbackService> callbacks_;
  std::unique_ptr<ReportService> reports_;
  std::shared_ptr<WriteProofs> write_proofs_;
  std::shared_ptr<ServiceWatch> services_;
  std::unique_ptr<platform::TaskThread> admin_reading_;  // of long requests
  std::unique_ptr<platform::HttpServer> tls_, admin_;
  boost::asio::steady_timer certificate_watch_, fleet_timer_;
};

}  // namespace holdline::hub

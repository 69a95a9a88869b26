// Who asks for the report about an outage, and how they get it: the administrator over the admin socket, supervisors
// and IT from their workstation.
#pragma once

#include <functional>
#include <string>

#include "hub/intake/ledger_thread.hpp"
#include "hub/report/read_facts.hpp"
#include "hub/setup/config.hpp"
#include "platform/http/http.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/task_thread.hpp"

namespace holdline::hub {

// GET /admin/v1/report.
bool is_about_reports(const platform::HttpRequest& request);

// ?incident=&client=&format=json|html|pdf: answers the file. ask_person "malformed", and what read_report_facts(),
// draw_report() refuse.
Result<platform::HttpResponse> administer_report(Ledger& ledger, const platform::HttpRequest& request,
                                                 std::int64_t now_ms);

// One after another on a thread of its own: a report looks at everything that was taken, and nobody's save waits.
class ReportService {
 public:
  struct Parts {
    Ledger& ledger;
    LedgerThread& thread;
    const HubConfig& config;
    const platform::Clock& clock;
    // On the ledger's thread: what workstations told last is written once a minute, and a report wants it now.
    std::function<void()> keep_told;
  };
  // What it refers to outlives it, but for the ledger's thread, which ends before this.
  explicit ReportService(Parts parts) : parts_(std::move(parts)), working_(parts_.clock) {}
  // Before the ledger's thread ends.
  void stop() { working_.stop(); }

  // Any thread; `respond` is called on another.
  using Answer = std::function<void(Result<platform::HttpResponse>)>;
  // `question`: a sync::PersonQuestion whose body is {"incident", "client", "format"}. Besides administer_report() and
  // asking_person(): ask_person "malformed-message", "role-refused".
  void ask(const Device& device, std::string question, Answer respond);
  void administer(platform::HttpRequest request, Answer respond);

 private:
  Parts parts_;
  platform::TaskThread working_;  // last: it ends before what it works on
};

}  // namespace holdline::hub

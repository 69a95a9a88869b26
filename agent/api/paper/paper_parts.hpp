// Parts of the routes about paper forms. Internal to agent/api/paper.
#pragma once

#include "agent/api/route.hpp"
#include "sync/base/result.hpp"

namespace holdline::agent {

// Refusals that come of what was printed or entered before are 409.
platform::HttpResponse refused_paper(const Error& error);
// Answers and says so when the hub's version of the schema has no paper forms.
bool refused_without_paper(const Workstation& station, const Call& call);

void print_pad(Workstation& station, Call call);
// The pages of a pad, as often as somebody asks: a printer that jammed costs no number.
void show_pages(Workstation& station, Call call);
void enter_sheet(Workstation& station, Call call);
// Void: spoiled or not used. Missing: somebody looked for it, and a supervisor answers for that.
void account_for(Workstation& station, Call call);

}  // namespace holdline::agent

// The routes of the local API: each file of this folder answers some paths with free functions and lists them in a
// table.
//
// A handler is called on the I/O thread and may answer later, on any thread, by the copy of `respond` it keeps. The
// workstation outlives every answer.
// Internal to agent/api.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/workstation.hpp"
#include "platform/http/http.hpp"

namespace holdline::agent {

struct Call {
  platform::HttpRequest request;
  std::string rest;  // of the path, behind a route that ends in '/'
  platform::Respond respond;
};

struct Route {
  std::string_view method;
  std::string_view path;  // below /api/v1; one that ends in '/' takes what follows as Call::rest
  void (*handle)(Workstation& station, Call call);
};

std::span<const Route> session_routes();   // signing in and out, synchronising, the proof
std::span<const Route> record_routes();    // customers, entries, callbacks
std::span<const Route> outbox_routes();    // what became of what was saved
std::span<const Route> conflict_routes();  // what two people changed at once

}  // namespace holdline::agent

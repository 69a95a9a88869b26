// The files of the console's page as bytes of the program. The table is written by the build of web/
// (cmake/HoldlineWeb.cmake).
// Internal to agent/console.
#pragma once

#include <span>
#include <string_view>

namespace holdline::agent {

struct Asset {
  std::string_view path;          // "/assets/app-4F2K7Q.js"; "/" is the page itself
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view etag;          // strong, in its quotes
  std::string_view gzip;          // what is sent; every browser takes it
};

std::span<const Asset> console_assets();

}  // namespace holdline::agent

// Written by web/build.mjs: the files of the page.
#include "agent/console/assets.hpp"

#include <cstddef>

extern "C" const char holdline_page_0[], holdline_page_0_end[];
extern "C" const char holdline_page_1[], holdline_page_1_end[];
extern "C" const char holdline_page_2[], holdline_page_2_end[];
extern "C" const char holdline_page_3[], holdline_page_3_end[];
extern "C" const char holdline_page_4[], holdline_page_4_end[];
extern "C" const char holdline_page_5[], holdline_page_5_end[];
extern "C" const char holdline_page_6[], holdline_page_6_end[];

namespace holdline::agent {

std::span<const Asset> console_assets() {
  static const Asset table[] = {
      {"/", "text/html; charset=utf-8", "\"01b4631a91c4c06c3112\"", {holdline_page_0, static_cast<std::size_t>(holdline_page_0_end - holdline_page_0)}},
      {"/assets/app-CL6UMBXP.js", "text/javascript; charset=utf-8", "\"3fa839350e8e5e767b91\"", {holdline_page_1, static_cast<std::size_t>(holdline_page_1_end - holdline_page_1)}},
      {"/assets/german-PIMTNNDN.js", "text/javascript; charset=utf-8", "\"24e34e16434d6f736e56\"", {holdline_page_2, static_cast<std::size_t>(holdline_page_2_end - holdline_page_2)}},
      {"/assets/english-AOVSO3ZU.js", "text/javascript; charset=utf-8", "\"e1f3a57c11e5cdf5975d\"", {holdline_page_3, static_cast<std::size_t>(holdline_page_3_end - holdline_page_3)}},
      {"/assets/centre-BEW2TOFC.js", "text/javascript; charset=utf-8", "\"fd2e12e2bc4511a1fa62\"", {holdline_page_4, static_cast<std::size_t>(holdline_page_4_end - holdline_page_4)}},
      {"/assets/chunk-MDUU4VVA.js", "text/javascript; charset=utf-8", "\"4145a0657cb42465bb0b\"", {holdline_page_5, static_cast<std::size_t>(holdline_page_5_end - holdline_page_5)}},
      {"/assets/style-7JFW7NIX.css", "text/css; charset=utf-8", "\"369cbbc991b380c9b97e\"", {holdline_page_6, static_cast<std::size_t>(holdline_page_6_end - holdline_page_6)}},
  };
  return table;
}

}  // namespace holdline::agent

// The words the generator draws from. Their order is part of the data: a seed means the same customers everywhere.
#pragma once

#include <array>
#include <string_view>

namespace holdline::generator::words {

inline constexpr auto first_names = std::to_array<std::string_view>(
    {"Anna",    "Peter",     "Maria",  "Thomas",  "Sabine",  "Michael",   "Julia",    "Andreas",   "Laura",
     "Stefan",  "Katharina", "Markus", "Sophie",  "Daniel",  "Elena",     "Martin",   "Claudia",   "Christian",
     "Petra",   "Alexander", "Monika", "Frank",   "Susanne", "Jürgen",    "Birgit",   "Wolfgang",  "Heike",
     "Klaus",   "Nicole",    "Bernd",  "Aylin",   "Mehmet",  "Fatma",     "Mustafa",  "Olga",      "Dmitri",
     "Natalia", "Ivan",      "Chiara", "Luca",    "Giulia",  "Marco",     "Isabelle", "Pierre",    "Camille",
     "Antoine", "Emily",     "James",  "Olivia",  "William", "Charlotte", "Henry",    "Grace",     "Samuel",
     "Hannah",  "David",     "Lea",    "Jonas",   "Mia",     "Ben",       "Emma",     "Paul",      "Lina",
     "Felix",   "Clara",     "Leon",   "Ida",     "Noah",    "Marta",     "Piotr",    "Agnieszka", "Krzysztof",
     "Zofia",   "Tomasz",    "Ingrid", "Lars",    "Astrid",  "Björn",     "Freya",    "Sven",      "Carmen",
     "José",    "Lucía",     "Javier", "Beatriz", "Miguel",  "Inês",      "João",     "Rita",      "Tiago",
     "Eszter",  "László",    "Zsófia", "Gábor",   "Ioana",   "Andrei",    "Elif",     "Emre",      "Yuki",
     "Haruto"});

inline constexpr auto family_starts = std::to_array<std::string_view>(
    {"Mül",    "Schmi", "Schnei", "Fi",    "We",    "Mey",    "Wag",    "Be",    "Schul", "Hoff", "Koh",  "Ba",
     "Rich",   "Klei",  "Wol",    "Schrö", "Neu",   "Schwar", "Zimmer", "Brau",  "Krü",   "Hof",  "Har",  "Lan",
     "Schmit", "Krau",  "Mei",    "Leh",   "Köh",   "Her",    "Kön",    "Wal",   "May",   "Hu",   "Kai",  "Fuch",
     "Pe",     "Lan",   "Schol",  "Möl",   "Wei",   "Jun",    "Hah",    "Schu",  "Vo",    "Frie", "Kel",  "Gün",
     "Fran",   "Ber",   "Win",    "Roth",  "Bec",   "Lo",     "Bau",    "Schus", "Lud",   "Böh",  "Zieg", "Ott",
     "Sei",    "Sim",   "Kra",    "Grei",  "Dietr", "Engel",  "Horn",   "Busch", "Bergm", "Thom", "Voi",  "Sauer",
     "Arno",   "Wolff", "Pfei",   "Kowal", "Nowa",  "Rossi",  "Ferra",  "Marti", "Garc",  "Lop",  "Silv", "Sant",
     "Nagy",   "Kov",   "Petr",   "Ivan",  "Smir",  "Johans", "Anders", "Niels", "Yild",  "Demi", "Kay",  "Aydı",
     "Smi",    "Brow",  "Tayl",   "Wils"});

inline constexpr auto family_ends = std::to_array<std::string_view>(
    {"ler",  "dt",  "der",    "scher", "ber",  "er",  "ner", "cker", "tze", "mann",    "l",      "uer",
     "ter",  "n",   "f",      "der",   "mann", "z",   "ger", "n",    "ger", "meister", "tmann",  "ge",
     "ke",   "se",  "ke",     "mann",  "ler",  "zog", "ig",  "ther", "er",  "ber",     "ser",    "s",
     "ters", "ge",  "ler",    "ss",    "dt",   "g",   "n",   "lz",   "gt",  "drich",   "ler",    "ther",
     "ke",   "end", "kowski", "ski",   "ova",  "ev",  "sen", "son",  "ez",  "inho",    "dóttir", "oğlu"});

inline constexpr auto streets = std::to_array<std::string_view>(
    {"Hauptstraße",  "Bahnhofstraße", "Gartenweg",     "Schulstraße",     "Dorfstraße",
     "Bergstraße",   "Lindenallee",   "Kirchgasse",    "Waldweg",         "Ringstraße",
     "Mozartstraße", "Goethestraße",  "Schillerplatz", "Am Markt",        "Industriestraße",
     "Rosenweg",     "Birkenweg",     "Wiesenstraße",  "Friedrichstraße", "Parkallee",
     "Mühlenweg",    "Sonnenhang",    "Feldstraße",    "Uferpromenade",   "Brunnengasse"});

inline constexpr auto cities = std::to_array<std::string_view>({"Berlin",
                                                                "Hamburg",
                                                                "München",
                                                                "Köln",
                                                                "Frankfurt am Main",
                                                                "Stuttgart",
                                                                "Düsseldorf",
                                                                "Leipzig",
                                                                "Dortmund",
                                                                "Essen",
                                                                "Bremen",
                                                                "Dresden",
                                                                "Hannover",
                                                                "Nürnberg",
                                                                "Duisburg",
                                                                "Bochum",
                                                                "Wuppertal",
                                                                "Bielefeld",
                                                                "Bonn",
                                                                "Münster",
                                                                "Karlsruhe",
                                                                "Mannheim",
                                                                "Augsburg",
                                                                "Wiesbaden",
                                                                "Gelsenkirchen",
                                                                "Mönchengladbach",
                                                                "Braunschweig",
                                                                "Chemnitz",
                                                                "Kiel",
                                                                "Aachen",
                                                                "Wien",
                                                                "Graz",
                                                                "Linz",
                                                                "Salzburg",
                                                                "Innsbruck",
                                                                "Zürich",
                                                                "Basel",
                                                                "Bern",
                                                                "Genf",
                                                                "Luzern"});

inline constexpr auto mail_domains = std::to_array<std::string_view>(
    {"gmail.com", "gmx.de", "web.de", "t-online.de", "outlook.com", "yahoo.de", "icloud.com", "freenet.de", "posteo.de",
     "mail.example", "kanzlei.example", "hotmail.com"});

inline constexpr auto products = std::to_array<std::string_view>(
    {"internet-250", "internet-1000", "mobile-s",       "mobile-m",   "mobile-xl",  "tv-basic",  "tv-premium",
     "phone-flat",   "cloud-backup",  "security-suite", "router-pro", "mesh-kit",   "static-ip", "insurance-device",
     "support-plus", "roaming-eu",    "roaming-world",  "voip-10",    "colocation", "email-pro"});

inline constexpr auto entry_kinds =
    std::to_array<std::string_view>({"call", "email", "visit", "payment", "complaint", "callback", "note", "contract"});

inline constexpr auto entry_states = std::to_array<std::string_view>({"open", "done", "follow_up", "escalated"});

inline constexpr auto note_openings = std::to_array<std::string_view>(
    {"Customer called about", "Spoke with customer regarding", "Customer reports", "Received an email about",
     "Visited customer on site because of", "Called back concerning", "Left voicemail about",
     "Customer is unhappy with", "Clarified question on", "Customer asked for"});

inline constexpr auto note_topics = std::to_array<std::string_view>({"the invoice",
                                                                     "a line outage",
                                                                     "the contract renewal",
                                                                     "slow internet in the evening",
                                                                     "the moving date",
                                                                     "a duplicate charge",
                                                                     "the router replacement",
                                                                     "porting the old number",
                                                                     "the cancellation",
                                                                     "an upgrade to the 1000 tariff",
                                                                     "the missing delivery",
                                                                     "the SEPA mandate",
                                                                     "the technician appointment",
                                                                     "a wrong address",
                                                                     "roaming costs abroad",
                                                                     "the static IP setup",
                                                                     "a discount promised by the shop",
                                                                     "the payment plan",
                                                                     "the password reset",
                                                                     "noise on the phone line"});

inline constexpr auto note_links =
    std::to_array<std::string_view>({"; promised to", "; will", "; agreed to", "; asked us to", "; we have to",
                                     "; next step:", "; therefore we", "; please"});

inline constexpr auto note_actions = std::to_array<std::string_view>(
    {"call back on", "send the documents by", "check the line again before", "credit the amount until",
     "book a technician for", "escalate to second level on", "confirm in writing by", "review the case on",
     "update the master data by", "wait for the payment until"});

inline constexpr auto note_days =
    std::to_array<std::string_view>({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"});

inline constexpr auto note_tails = std::to_array<std::string_view>(
    {"Customer was friendly.", "Customer was annoyed, handle with care.", "Prefers to be reached in the morning.",
     "Prefers email.", "Speaks mainly Turkish.", "Do not call before 10.", "Wants a written confirmation.",
     "Mentioned a competitor offer.", "Reference number", "Ticket", "Invoice", "Meter reading", "Serial number",
     "Second contact person:"});

inline constexpr auto phone_heads =
    std::to_array<std::string_view>({"+4915", "+4916", "+4917", "+4930", "+4989", "+4366", "+4179"});

// Of the made-up vocabulary of free notes.
inline constexpr auto syllables = std::to_array<std::string_view>(
    {"ka",   "ver",  "trag", "ge",   "kun", "de",   "an",  "ruf", "zah",  "lung", "ter", "min", "be",
     "sch",  "wer",  "in",   "ter",  "net", "ro",   "ut",  "er",  "pla",  "tz",   "mo",  "nat", "ung",
     "heit", "lich", "aus",  "fall", "li",  "nie",  "bit", "te",  "rück", "for",  "mel", "da",  "ten",
     "kon",  "to",   "num",  "mer",  "si",  "cher", "am",  "im",  "st",   "or",   "no"});

}  // namespace holdline::generator::words

#pragma once

#include <cstdint>
#include <string>

namespace swarm::proto {

// Addresses as ZeroMQ wants them. All but tcp_endpoint() ask the system and may wait for it.

// The address of a name, IPv4 if it has one; "*" and what nobody knows stay as they are.
std::string numeric_address(const std::string& host);
// An unknown name may get one later: true.
bool has_ipv4(const std::string& host);
bool speaks_ipv6();
// "tcp://host:port"; port 0: any.
std::string tcp_endpoint(const std::string& host, std::uint16_t port);
// This host or this host's network only; "*" is not.
bool is_loopback(const std::string& host);

}  // namespace swarm::proto

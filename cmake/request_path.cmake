# What a request runs through lies side by side in libswarm: a process that has waited for an answer
# finds little of it in the processor's caches, and pays for each page anew.

include(CheckLinkerFlag)

# Functions, and classes with all that they have, of namespace swarm; tests/e2e/test_install.py sees
# that they are there.
set(SWARM_REQUEST_PATH
  Loop::run Loop::State::wait Loop::State::serve Loop::State::dispatch Loop::now Loop::turn_start
  Lateness::add take_block give_block block_size
  http::Connection::ready http::Connection::receive http::Connection::send http::Connection::write
  http::Arrivals::receive http::Arrivals::arrived
  http::ResponseParser::begin http::ResponseParser::feed http::ResponseParser::feed_head
  http::ResponseParser::take_known http::ResponseParser::choose_framing
  http::ResponseParser::feed_body http::HeadCache::find
  http::Exchange::received http::Exchange::finish http::Exchange::pool_connection
  http::Exchange::release http::Exchange::prepare http::Exchange::start http::Exchange::go
  http::Exchange::transmit http::Client::keep http::Client::take http::RequestCache::find
  http::Url::become http::Url::move_to http::Response::reset http::Response::reset_message
  detail::Call::start detail::Call::settle detail::Call::record detail::ReleaseCall
  detail::UserContext::go_on detail::UserContext::live detail::UserContext::choose_task
  detail::Runtime::ran detail::allocate_frame detail::free_frame
  HttpSession::get HttpSession::request RequestAwaiter Response
  worker::Agent::loop worker::Agent::record worker::Agent::endpoint worker::Agent::take_permit
  worker::Recorder::record worker::Recorder::endpoint worker::WaitTime::next)

# Has the linker put the sections of SWARM_REQUEST_PATH before all others. It needs
# -ffunction-sections. A linker that cannot (gold) leaves them where they are.
function(swarm_order_functions target)
  set(sections "")
  foreach(name IN LISTS SWARM_REQUEST_PATH)
    string(REPLACE "::" ";" parts "${name}")
    set(mangled "")
    foreach(part IN LISTS parts)
      string(LENGTH "${part}" length)
      string(APPEND mangled "${length}${part}")
    endforeach()
    string(APPEND sections "    *(.text._ZN*5swarm${mangled}*)\n")
  endforeach()
  set(script ${PROJECT_BINARY_DIR}/request_path.ld)
  file(CONFIGURE OUTPUT ${script} CONTENT
"SECTIONS
{
  .text.request_path :
  {
@sections@  }
}
INSERT BEFORE .text;
" @ONLY)
  check_linker_flag(CXX -Wl,-T,${script} SWARM_LINKER_ORDERS)
  if(SWARM_LINKER_ORDERS)
    target_link_options(${target} PRIVATE -Wl,-T,${script})
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${script})
  endif()
endfunction()

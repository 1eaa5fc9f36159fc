/* Nagle's delay: the bridge has switched it off. */
#ifndef RV32_TCP_H
#define RV32_TCP_H

#define TCP_NODELAY 1

#endif

/**
 * System tests: what the program publishes, in the hands of the real package managers.
 *
 * <p>The classes that are not tests are the laboratory. Each runs a real program (dnf, zypper, apt,
 * nginx, rpmbuild …) in a folder of its own below {@code target/lab}, on a port of its own, and
 * ends what it started. They need root, and the programs that {@code run-tests} installs: a program
 * that is missing is a failure, never a skipped test.
 *
 * <p>Knows: the clients, their set-up and their messages. Must not know: how the program makes
 * packages and indexes.
 */
package io.klts.repo.acceptance;

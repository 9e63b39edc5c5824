// SPDX-License-Identifier: GPL-2.0

// go_server FOLDER PORT: a server of files over HTTP, which first fetches its
// own file "data" many times. Built without libc: there is nothing but calls of
// the kernel to intercept.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
)

const clients = 100

func fetch(url string) ([]byte, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// Many at once, each with what the file has.
func fetchAll(url string, wanted []byte) error {
	var group sync.WaitGroup
	errors := make(chan error, clients)

	for i := 0; i < clients; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			got, err := fetch(url)
			if err == nil && !bytes.Equal(got, wanted) {
				err = fmt.Errorf("%d bytes that differ", len(got))
			}
			if err != nil {
				errors <- err
			}
		}()
	}
	group.Wait()
	close(errors)
	return <-errors
}

// Dual stack, as Go does without being told otherwise.
func serve(folder, port string) error {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	go http.Serve(listener, http.FileServer(http.Dir(folder)))
	wanted, err := os.ReadFile(folder + "/data")
	if err != nil {
		return err
	}
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		url := "http://" + host + ":" + port + "/data"
		if err := fetchAll(url, wanted); err != nil {
			return fmt.Errorf("%s: %w", url, err)
		}
	}
	fmt.Println("ready", runtime.Version())
	select {}
}

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

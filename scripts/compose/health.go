// health asks 127.0.0.1:<port><path> and fails unless the answer is 200: images FROM scratch have no curl.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	host, path, _ := strings.Cut(os.Args[1], "/")
	connection, err := net.DialTimeout("tcp", host, 2*time.Second)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	connection.SetDeadline(time.Now().Add(2 * time.Second))
	fmt.Fprintf(connection, "GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n", path, host)
	status, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil || !strings.Contains(status, " 200 ") {
		fmt.Println(status, err)
		os.Exit(1)
	}
}

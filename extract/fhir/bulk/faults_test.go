package bulk

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// Each fault passes by itself after a while: the export must come out as if it had not been.
func TestFaultsThatPass(t *testing.T) {
	is := func(r *http.Request, method, prefix string) bool {
		return r.Method == method && strings.HasPrefix(r.URL.Path, prefix)
	}
	cut := func(w http.ResponseWriter, content []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:len(content)/2])
		panic(http.ErrAbortHandler) // the connection breaks
	}
	for name, c := range map[string]struct {
		times int
		fault func(s *server, w http.ResponseWriter, r *http.Request) bool
	}{
		"kick-off 429": {2, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			return is(r, "GET", "/fhir/$export") && answer(w, http.StatusTooManyRequests, "throttled")
		}},
		"kick-off 503": {2, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			return is(r, "GET", "/fhir/$export") && answer(w, http.StatusServiceUnavailable, "too-costly")
		}},
		"poll 429": {3, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			return is(r, "GET", "/status/") && answer(w, http.StatusTooManyRequests, "throttled")
		}},
		"poll 502 of a proxy": {3, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			if !is(r, "GET", "/status/") {
				return false
			}
			http.Error(w, "<html>"+canary, http.StatusBadGateway)
			return true
		}},
		"poll 500, transient": {3, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			return is(r, "GET", "/status/") && answer(w, http.StatusInternalServerError, "transient")
		}},
		"manifest cut off": {1, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			if !is(r, "GET", "/status/") {
				return false
			}
			cut(w, []byte(`{"transactionTime":"2026-`))
			return true
		}},
		"file 500": {2, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/p2") {
				return false
			}
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}},
		"file cut off": {2, func(s *server, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/p2") {
				return false
			}
			cut(w, s.files["p2"])
			return true
		}},
		"truncated gzip": {2, func(s *server, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/p1") {
				return false
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(s.files["p1"][:len(s.files["p1"])-6])
			return true
		}},
		"damaged gzip": {2, func(s *server, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/c1") {
				return false
			}
			damaged := append([]byte{}, s.files["c1"]...)
			damaged[len(damaged)-5] ^= 1
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(damaged)
			return true
		}},
		"a line short": {2, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/p1") {
				return false
			}
			_, _ = w.Write([]byte("{\"id\":\"1\"}\n"))
			return true
		}},
		"half a line, no count": {2, func(_ *server, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/c1") {
				return false
			}
			_, _ = w.Write([]byte(`{"id":{"a":"1"}`))
			return true
		}},
		"expired address": {1, func(s *server, _ http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/p2") {
				s.age++
			}
			return false
		}},
		"forgotten export": {1, func(s *server, w http.ResponseWriter, r *http.Request) bool {
			return is(r, "GET", "/status/1") && answer(w, http.StatusNotFound, "not-found")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			times := c.times
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if times == 0 {
					return false
				}
				before := times
				times-- // also where the fault breaks the connection
				if !c.fault(s, w, r) && s.age < 2 {
					times = before
				}
				return times < before
			}
			fetch(t, s, s.options())
			if times != 0 {
				t.Errorf("the fault was met %d times too few", times)
			}
		})
	}
}

func answer(w http.ResponseWriter, status int, code string) bool {
	refuse(w, status, code)
	return true
}

// Each fault stays: there must be no export, no word of what the server said, and no address that opens a file.
func TestFaultsThatStay(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(s *server, o *Options, w http.ResponseWriter, r *http.Request) bool
		want  string
		stays bool // what was downloaded, for a later call
	}{
		"kick-off refused": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "$export") && answer(w, http.StatusBadRequest, "invalid")
		}, "kick off: the server answered 400 (invalid)", false},
		"an odd code": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "$export") && answer(w, http.StatusForbidden, canary)
		}, "kick off: the server answered 403 (unknown)", false},
		"answered at once": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "$export") && answer(w, http.StatusOK, "")
		}, "kick off: the server answered 200 and began no export", false},
		"export failed": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			return r.Method == "GET" && strings.HasPrefix(r.URL.Path, "/status/") && answer(w, http.StatusInternalServerError, "processing")
		}, "wait for the manifest: the server answered 500 (processing)", false},
		"always busy": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			return r.Method == "GET" && strings.HasPrefix(r.URL.Path, "/status/") && answer(w, http.StatusTooManyRequests, "throttled")
		}, "wait for the manifest: the server answered 429 (throttled)", true},
		"truncated gzip": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			s.files["c1"] = s.files["c1"][:20]
			return false
		}, "download Condition.0.ndjson: unpack: unexpected EOF", true},
		"count that never fits": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			s.files["p2"] = []byte("{}\n{}\n")
			return false
		}, "download Patient.1.ndjson: 2 lines, not the 1 of the manifest", true},
		"file missing": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			delete(s.files, "p2")
			return false
		}, "gone or has changed: the server answered 410 (expired)", false},
		"manifest that keeps changing": {func(s *server, _ *Options, _ http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/status/") {
				s.manifest["transactionTime"] = fmt.Sprintf("2026-10-31T23:00:00.%03dZ", s.age)
			}
			if strings.HasSuffix(r.URL.Path, "/p2") {
				s.age++
			}
			return false
		}, "its manifest changed", false},
		"no transactionTime": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			s.manifest["transactionTime"] = canary
			return false
		}, "transactionTime is not a valid instant", false},
		"no request":             {without("request"), "without request", false},
		"no requiresAccessToken": {without("requiresAccessToken"), "without requiresAccessToken", false},
		"no output":              {without("output"), "without output", false},
		"no error":               {without("error"), "without error", false},
		"type that leads out of the folder": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			s.manifest["output"].([]any)[0].(map[string]any)["type"] = "../../Patient"
			return false
		}, "names an unknown resource type", false},
		"address without TLS": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			s.manifest["output"].([]any)[0].(map[string]any)["url"] = "http://files.example/" + canary
			return false
		}, "an address that does not begin with https", false},
		"redirect away from TLS": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/files/") {
				return false
			}
			w.Header().Set("Location", "http://files.example/"+canary)
			w.WriteHeader(http.StatusFound)
			return true
		}, "redirect away from https", false},
		"manifest that is no JSON": {func(s *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != "GET" || !strings.HasPrefix(r.URL.Path, "/status/") {
				return false
			}
			fmt.Fprint(w, canary)
			return true
		}, "not the JSON expected", false},
		"manifest too large": {func(_ *server, o *Options, _ http.ResponseWriter, _ *http.Request) bool {
			return false
		}, "an answer over 100 bytes", false},
		"too many files": {nil, "an export of over 4 files", false},
		"file too large": {nil, "a file over 30 bytes", false},
		"gzip bomb": {func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
			s.files["p1"] = pack(strings.Repeat(" ", 1<<20))
			return false
		}, "a file of over 65536 bytes unpacked", false},
		"encoding that was not asked for": {func(_ *server, _ *Options, w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/files/") {
				w.Header().Set("Content-Encoding", "br")
			}
			return false
		}, "an encoding that was not asked for", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			o := s.options()
			switch name {
			case "manifest too large":
				o.Limits.AnswerBytes = 100
			case "too many files":
				o.Limits.Files = 4
			case "file too large":
				o.Limits.FileBytes = 30
			case "gzip bomb":
				o.Limits.FileBytes = 64 << 10
			case "encoding that was not asked for":
				s.files["p1"], s.files["c1"] = []byte("{}\n{}"), []byte("{}")
			}
			if c.fault != nil {
				s.fault = func(w http.ResponseWriter, r *http.Request) bool { return c.fault(s, &o, w, r) }
			}
			_, err := Fetch(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "/files/") {
				t.Errorf("the error says too much: %v", err)
			}
			for _, path := range []string{o.To, o.State} {
				if _, err := os.Stat(path); err == nil {
					t.Errorf("%s was left", path)
				}
			}
			if _, err := os.Stat(o.To + ".partial"); (err == nil) != c.stays {
				t.Errorf("the partial folder is there: %v", err == nil)
			}
			if begun := s.kickOffs > 0; begun && (s.deleted > 0) == c.stays {
				t.Errorf("deleted on the server %d times", s.deleted)
			}
		})
	}
}

func without(field string) func(*server, *Options, http.ResponseWriter, *http.Request) bool {
	return func(s *server, _ *Options, _ http.ResponseWriter, _ *http.Request) bool {
		delete(s.manifest, field)
		return false
	}
}

func TestTLSIsVerified(t *testing.T) {
	s := newServer(t)
	o := s.options()
	o.CAFile = ""
	if _, err := Fetch(t.Context(), o); err == nil || len(s.requests) != 0 || len(s.clock.slept) != 0 {
		t.Errorf("an unknown server was asked %q: %v", s.requests, err)
	}
	o.Base = strings.Replace(o.Base, "https", "http", 1)
	if _, err := Fetch(t.Context(), o); err == nil {
		t.Error("a server without TLS was asked")
	}
	o = s.options()
	if err := os.WriteFile(o.CAFile, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Fetch(t.Context(), o); err == nil {
		t.Error("a CA file without a certificate was taken")
	}
}

func TestValidate(t *testing.T) {
	sound := Options{Base: "https://sender.example/fhir", Level: System, To: "x"}
	if err := sound.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Options){
		"no base":                func(o *Options) { o.Base = "" },
		"no level":               func(o *Options) { o.Level = "" },
		"group without id":       func(o *Options) { o.Level = Group },
		"id without group":       func(o *Options) { o.GroupID = "1" },
		"patients of the system": func(o *Options) { o.Patients = []string{"1"} },
		"no folder":              func(o *Options) { o.To = "" },
		"half an authorisation":  func(o *Options) { o.Auth = &Auth{ClientID: "us"} },
		"tokens without TLS": func(o *Options) {
			o.Auth = &Auth{ClientID: "us", KeyID: "k", KeyFile: "k", Scope: "s", TokenURL: "http://sender.example/token"}
		},
	} {
		o := sound
		change(&o)
		if err := o.Validate(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzManifest sees that no manifest brings the client down or names a file outside its folder.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"transactionTime":"2026-10-31T23:00:00Z","request":"r","requiresAccessToken":true,"output":[{"type":"Patient","url":"/a","count":1}],"error":[],"link":[{"relation":"next","url":"b"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := &client{o: Options{Limits: Limits{}.withDefaults()}}
		var m Manifest
		err := c.decode(response(text), &m)
		if err == nil {
			err = m.resolve(response(text).Request.URL)
		}
		if err != nil {
			if !errors.As(err, &permanent{}) && err.Error() == "" {
				t.Error(err)
			}
			return
		}
		for _, entry := range m.entries() {
			if strings.ContainsAny(entry.kind, "./\\") || !strings.HasPrefix(entry.URL, "https://") {
				t.Errorf("kind %q, address %q", entry.kind, entry.URL)
			}
		}
	})
}

// An error file that cannot be read costs none of the data; the next export asks from the same time again.
func TestErrorFileThatIsLost(t *testing.T) {
	s := newServer(t)
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/e1") {
			return false
		}
		w.WriteHeader(http.StatusNotFound)
		return true
	}
	o := s.options()
	got, err := Fetch(t.Context(), o)
	if err != nil || got.Resources != 4 || !got.Partial || got.Outcomes["error unread"] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := os.Stat(o.State); !os.IsNotExist(err) {
		t.Errorf("the next export would not ask again: %v", err)
	}
}

// A group that the server does not know is an error, whether it says so or gives an empty export.
func TestUnknownGroup(t *testing.T) {
	for name, fault := range map[string]func(s *server){
		"refused": func(s *server) {
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/$export") {
					refuse(w, http.StatusNotFound, "not-found")
				}
				return strings.HasSuffix(r.URL.Path, "/$export")
			}
		},
		"an empty export": func(s *server) { s.manifest["output"], s.manifest["deleted"] = []any{}, []any{} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			fault(s)
			o := s.options()
			o.Level, o.GroupID = Group, "scope"
			if _, err := Fetch(t.Context(), o); err == nil || !strings.Contains(err.Error(), "group scope") {
				t.Errorf("%v", err)
			}
			if _, err := os.Stat(o.To); !os.IsNotExist(err) {
				t.Errorf("an export is left: %v", err)
			}
		})
	}
}

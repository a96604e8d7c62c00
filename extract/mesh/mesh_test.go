package mesh_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"careshare/extract/mesh"
	"careshare/extract/mesh/meshtest"
)

func outgoing(localID string) mesh.Outgoing {
	return mesh.Outgoing{To: meshtest.Service, WorkflowID: "TEST_WF", LocalID: localID, FileName: "a.csv", Subject: localID}
}

func TestMessagesGoThroughTheSandbox(t *testing.T) {
	t.Parallel()
	ctx, sandbox := context.Background(), meshtest.Start(t)
	options := sandbox.Options(meshtest.Council)
	options.ChunkBytes = 1000
	council, err := mesh.New(options)
	if err != nil {
		t.Fatal(err)
	}
	defer council.Close()
	service := sandbox.Client(t, meshtest.Service)
	if err := council.Handshake(ctx); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 1000, 1001, 5500} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(rand.IntN(256))
		}
		localID := fmt.Sprintf("local-%d", size)
		if _, err := council.Track(ctx, localID); !errors.Is(err, mesh.ErrNotSent) {
			t.Fatalf("track before sending: %v", err)
		}
		id, err := council.Send(ctx, outgoing(localID), bytes.NewReader(content), int64(size))
		if err != nil {
			t.Fatal(err)
		}
		for number := 2; number <= council.Chunks(int64(size)); number++ {
			if found, err := council.Track(ctx, localID); err != nil || found.State != mesh.Uploading || found.MessageID != id {
				t.Fatalf("track while uploading: %v, %v", found, err)
			}
			if err := council.SendChunk(ctx, id, number, bytes.NewReader(content), int64(size)); err != nil {
				t.Fatal(err)
			}
		}
		if found, err := council.Track(ctx, localID); err != nil || found.State != mesh.Accepted {
			t.Fatalf("track: %v, %v", found, err)
		}
		ids, err := service.Inbox(ctx, 10)
		if err != nil || len(ids) != 1 || ids[0] != id {
			t.Fatalf("inbox: %v, %v", ids, err)
		}
		var got bytes.Buffer
		header, err := service.Download(ctx, id, &got)
		if err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Fatalf("%d bytes: %v, got %d bytes", size, err, got.Len())
		}
		if header.From != meshtest.Council || header.WorkflowID != "TEST_WF" || header.LocalID != localID || header.FileName != "a.csv" || header.Type != mesh.Data {
			t.Errorf("header: %+v", header)
		}
		if err := service.Acknowledge(ctx, id); err != nil {
			t.Fatal(err)
		}
		if found, err := council.TrackMessage(ctx, id); err != nil || found.State != mesh.Collected {
			t.Fatalf("track after collection: %v, %v", found, err)
		}
	}
}

func TestInboxHasManyPages(t *testing.T) {
	t.Parallel()
	ctx, sandbox := context.Background(), meshtest.Start(t)
	council, service := sandbox.Client(t, meshtest.Council), sandbox.Client(t, meshtest.Service)
	for i := range 510 {
		if _, err := council.Send(ctx, outgoing(fmt.Sprintf("n%d", i)), strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
	}
	ids, err := service.Inbox(ctx, 10000)
	if err != nil || len(ids) != 510 {
		t.Fatalf("%d ids, %v", len(ids), err)
	}
	if ids, err := service.Inbox(ctx, 505); err != nil || len(ids) != 505 {
		t.Fatalf("%d ids, %v", len(ids), err)
	}
}

func TestMeshRefuses(t *testing.T) {
	t.Parallel()
	ctx, sandbox := context.Background(), meshtest.Start(t)
	council := sandbox.Client(t, meshtest.Council)
	unknown := outgoing("a")
	unknown.To = "NOBODY"
	_, err := council.Send(ctx, unknown, strings.NewReader("x"), 1)
	if !mesh.IsStatus(err, http.StatusExpectationFailed) || mesh.Temporary(err) || !strings.Contains(err.Error(), "not registered") {
		t.Errorf("unknown recipient: %v", err)
	}
	for name, spoil := range map[string]func(*mesh.Options){
		"password":   func(o *mesh.Options) { o.Password = "secret-canary" },
		"shared key": func(o *mesh.Options) { o.SharedKey = "secret-canary" },
		"mailbox":    func(o *mesh.Options) { o.Mailbox = "NOBODY" },
	} {
		options := sandbox.Options(meshtest.Council)
		spoil(&options)
		wrong, err := mesh.New(options)
		if err != nil {
			t.Fatal(err)
		}
		err = wrong.Handshake(ctx)
		if !mesh.IsStatus(err, http.StatusForbidden) || strings.Contains(err.Error(), "secret-canary") {
			t.Errorf("wrong %s: %v", name, err)
		}
		wrong.Close()
	}
	options := sandbox.Options(meshtest.Council)
	options.CertificateFile, options.KeyFile = sandbox.OtherCertificate, sandbox.OtherKey
	stranger, err := mesh.New(options)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if err := stranger.Handshake(ctx); err == nil || !mesh.Temporary(err) {
		t.Errorf("a client certificate of another authority: %v", err)
	}
}

// The token's parts are computed here from the API catalogue's description, not by the client's code.
func TestTokenIsAsTheCatalogueSays(t *testing.T) {
	t.Parallel()
	sandbox := meshtest.Start(t)
	tokens := map[string]bool{}
	sandbox.Break(func(r *http.Request) meshtest.Fault {
		token := r.Header.Get("Authorization")
		if tokens[token] {
			t.Error("a token was used twice")
		}
		tokens[token] = true
		scheme, rest, _ := strings.Cut(token, " ")
		parts := strings.Split(rest, ":")
		if scheme != "NHSMESH" || len(parts) != 5 {
			t.Errorf("token has %d parts", len(parts))
			return meshtest.Fault{}
		}
		hash := hmac.New(sha256.New, []byte(meshtest.SharedKey))
		hash.Write([]byte(strings.Join([]string{parts[0], parts[1], parts[2], meshtest.Password, parts[3]}, ":")))
		if parts[4] != hex.EncodeToString(hash.Sum(nil)) || len(parts[3]) != len("202611301200") {
			t.Error("token is not as the catalogue says")
		}
		return meshtest.Fault{}
	})
	client := sandbox.Client(t, meshtest.Council)
	for range 3 {
		if err := client.Handshake(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if len(tokens) != 3 {
		t.Errorf("%d tokens", len(tokens))
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	err := mesh.Options{Endpoint: "http://mesh.example", Mailbox: "x y"}.Validate()
	for _, want := range []string{"endpoint", "mailbox", "password", "certificate_file", "random"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault names %s: %v", want, err)
		}
	}
}

func TestMessageThatIsTooLargeStays(t *testing.T) {
	t.Parallel()
	ctx, sandbox := context.Background(), meshtest.Start(t)
	id, err := sandbox.Client(t, meshtest.Council).Send(ctx, outgoing("big"), bytes.NewReader(make([]byte, 5<<20)), 5<<20)
	if err != nil {
		t.Fatal(err)
	}
	options := sandbox.Options(meshtest.Service)
	options.MaxBytes = 1 << 20
	service, err := mesh.New(options)
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	var got bytes.Buffer
	var fault *mesh.ContentError
	if _, err := service.Download(ctx, id, &got); !errors.As(err, &fault) || got.Len() > 1<<20+1 {
		t.Errorf("%v after %d bytes", err, got.Len())
	}
}

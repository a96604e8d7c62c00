package transform

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
)

// TestHMACEqualsGos holds the macro to RFC 4231 and to Go's own, over keys and messages of many lengths.
func TestHMACEqualsGos(t *testing.T) {
	db := open(t)
	ask := func(key []byte, message string) string {
		inner, outer := make([]byte, sha256.BlockSize), make([]byte, sha256.BlockSize)
		copy(inner, key)
		copy(outer, key)
		for i := range inner {
			inner[i] ^= 0x36
			outer[i] ^= 0x5c
		}
		var mac string
		if err := db.QueryRow("select hmac_sha256(?::blob, ?::blob, ?::varchar)", inner, outer, message).Scan(&mac); err != nil {
			t.Fatal(err)
		}
		return mac
	}
	if mac := ask([]byte("Jefe"), "what do ya want for nothing?"); mac != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Errorf("RFC 4231, case 2: %s", mac)
	}
	for i := range 64 {
		digest := sha256.Sum256([]byte{byte(i)})
		key, message := digest[:max(1, i%33)], fmt.Sprintf("bi:person:%0*d é\x00", i, i)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(message))
		if want := hex.EncodeToString(mac.Sum(nil)); ask(key, message) != want {
			t.Errorf("message %d: the macro does not say %s", i, want)
		}
	}
}

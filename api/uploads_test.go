package api_test

import (
	"bytes"
	"image/jpeg"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/service/upload"
)

type uploadAnswer struct {
	ID, Kind, ContentType, Status, URL, ThumbnailURL string
	Bytes                                            int
	LinksExpireAt                                    time.Time
}

// form is a body with one file, and its content type.
func form(part, name string, data []byte) (text, header string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	file, _ := w.CreateFormFile(part, name)
	_, _ = file.Write(data)
	_ = w.Close()
	return out.String(), "Content-Type: " + w.FormDataContentType()
}

func sends(p *apitest.Person, data []byte, headers ...string) *apitest.Answer {
	text, header := form("file", "照片.exe", data)
	return p.Post("/v1/uploads", text, append(headers, header)...)
}

// fetch opens a link as a picture on a page does: without a token.
func fetch(t *testing.T, s *apitest.Server, link string, headers ...string) *apitest.Answer {
	t.Helper()
	path, ours := strings.CutPrefix(link, s.URL("api"))
	if !ours {
		t.Fatalf("%s does not lead here", link)
	}
	return s.Anybody(t).Get(path, headers...)
}

func TestAPhotoGoesWithARequestThroughWeChatsCheckToStaff(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, secretary := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao")
	estate := estateLedBy(t, s, secretary)
	var photo uploadAnswer
	sends(wang, onePixel()).Want(201).Into(&photo)
	if photo.Kind != "photo" || photo.ContentType != "image/jpeg" || photo.Status != "pending" || photo.Bytes == 0 || !photo.LinksExpireAt.Equal(s.Clock.Now().Add(upload.LinkFor)) {
		t.Fatalf("%+v", photo)
	}
	content := lamp(estate)
	content["uploads"] = []string{photo.ID}
	var request requestAnswer
	wang.Post("/v1/mailbox/requests", content).Want(201).Into(&request)
	wang.Post("/v1/mailbox/requests", content).Refused(400, "invalid")
	seen := func() (uploads []uploadAnswer, waiting int) {
		var view struct {
			Timeline []struct {
				Uploads        []uploadAnswer
				UploadsWaiting int
			}
		}
		secretary.Get("/v1/mailbox/requests/" + request.ID).Want(200).Into(&view)
		return view.Timeline[0].Uploads, view.Timeline[0].UploadsWaiting
	}
	secretary.Get("/v1/uploads/"+photo.ID).Refused(404, "not_found")
	if uploads, waiting := seen(); len(uploads) != 0 || waiting != 1 {
		t.Fatal(uploads, waiting)
	}
	passes(t, s, "resident-wang", photo)
	uploads, waiting := seen()
	if len(uploads) != 1 || waiting != 0 || uploads[0].ID != photo.ID {
		t.Fatal(uploads, waiting)
	}
	secretary.Get("/v1/uploads/" + photo.ID).Want(200).Into(&photo)
	for _, link := range []string{uploads[0].URL, uploads[0].ThumbnailURL, photo.URL} {
		if _, err := jpeg.Decode(bytes.NewReader(fetch(t, s, link).Want(200).Body)); err != nil {
			t.Error(err)
		}
	}
}

// passes has WeChat ask for a photo and pass it.
func passes(t *testing.T, s *apitest.Server, persona string, photo uploadAnswer) {
	t.Helper()
	var checks struct {
		Items []struct{ TraceID, MediaURL string }
	}
	for deadline := time.Now().Add(20 * time.Second); len(checks.Items) == 0 && time.Now().Before(deadline); {
		if _, err := s.Jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Sandbox(t, "GET", "/_sandbox/media-checks?persona="+persona, nil).Want(200).Into(&checks)
	}
	if len(checks.Items) != 1 || !strings.Contains(checks.Items[0].MediaURL, photo.ID) {
		t.Fatalf("%+v", checks)
	}
	fetch(t, s, checks.Items[0].MediaURL).Want(200)
	s.Sandbox(t, "POST", "/_sandbox/media-checks", map[string]string{"traceId": checks.Items[0].TraceID, "suggest": "pass"}).Want(200)
	id, err := model.ParseID[model.Upload](photo.ID)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		u, err := s.Store.Uploads.Get(t.Context(), id)
		if err != nil || time.Now().After(deadline) {
			t.Fatal("the verdict does not arrive", err)
		}
		if u.Status == model.UploadPassed {
			return
		}
	}
}

func TestAFileIsGivenOutAsNothingElse(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	var photo uploadAnswer
	sends(s.SignIn(t, "resident-wang"), onePixel()).Want(201).Into(&photo)
	file := fetch(t, s, photo.URL).Want(200)
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": `attachment; filename="jinlin-full-` + photo.ID + `.jpg"`, "Cache-Control": "private, max-age=600", "Accept-Ranges": "bytes",
	} {
		if got := file.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if part := fetch(t, s, photo.URL, "Range: bytes=2-5").Want(206); !bytes.Equal(part.Body, file.Body[2:6]) {
		t.Errorf("% x", part.Body)
	}
	fetch(t, s, strings.Replace(photo.URL, "variant=full", "variant=thumbnail", 1)).Refused(404, "not_found")
	s.Clock.Move(upload.LinkFor + time.Second)
	fetch(t, s, photo.URL).Refused(404, "not_found")
}

func TestABodyThatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_ABUSE_LIMITS=on")
	wang := s.SignIn(t, "resident-wang")
	s.Anybody(t).Post("/v1/uploads", uploadBody, "Content-Type: multipart/form-data; boundary=x").Refused(401, "unauthenticated")
	wang.Post("/v1/uploads", `{"file":"x"}`).Refused(415, "unsupported_media_type")
	wang.Post("/v1/uploads", uploadBody, "Content-Type: multipart/form-data").Refused(415, "unsupported_media_type")
	wang.Post("/v1/uploads", uploadBody[:60], "Content-Type: multipart/form-data; boundary=x").Refused(400, "invalid")
	wang.Post("/v1/uploads", uploadBody[:len(uploadBody)-9], "Content-Type: multipart/form-data; boundary=x").Refused(400, "malformed")
	wang.Post("/v1/uploads", "--x--\r\n", "Content-Type: multipart/form-data; boundary=x").Refused(400, "invalid")
	text, header := form("picture", "a.png", onePixel())
	wang.Post("/v1/uploads", text, header).Refused(400, "unknown_field")
	two := strings.TrimSuffix(uploadBody, "--\r\n") + strings.TrimPrefix(uploadBody, "--x")
	wang.Post("/v1/uploads", two, "Content-Type: multipart/form-data; boundary=x").Refused(400, "unknown_field")
	sends(wang, []byte("<html>")).Refused(415, "unsupported_file")
	sends(wang, onePixel()[:20]).Refused(400, "unreadable_file")
	sends(wang, make([]byte, upload.MaxBytes+1)).Refused(413, "upload_too_large")
	sends(wang, nil).Refused(415, "unsupported_file")
	wang.Get("/v1/uploads/"+model.NewID[model.Upload](s.Clock.Now()).String()).Refused(404, "not_found")
	var first, again uploadAnswer
	sends(wang, onePixel(), "Idempotency-Key: k").Want(201).Into(&first)
	if sends(wang, onePixel(), "Idempotency-Key: k").Want(201).Into(&again).Header.Get("Idempotency-Replayed") != "true" || again.ID != first.ID {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
}

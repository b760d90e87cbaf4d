package tour

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// file is a body with one file in it.
type file struct {
	contentType string
	body        []byte
}

// uploaded is an upload as the service shows it.
type uploaded struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	URL       string `json:"url"`
	Thumbnail string `json:"thumbnailUrl"`
}

// lampPhoto is a dark stairwell with a lamp that is out, as a phone would send it.
func lampPhoto() (file, error) {
	picture := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			shade := uint8((x + y) / 16)
			if dx, dy := x-320, y-120; dx*dx+dy*dy < 60*60 {
				shade += 90
			}
			picture.SetNRGBA(x, y, color.NRGBA{shade, shade, shade / 2, 255})
		}
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "IMG_0001.png")
	if err == nil {
		err = png.Encode(part, picture)
	}
	err = firstOf(err, w.Close())
	return file{w.FormDataContentType(), form.Bytes()}, err
}

func (p *person) sendPhoto(ctx context.Context) (uploaded, *answer) {
	var sent uploaded
	photo, err := lampPhoto()
	if err != nil {
		a := &answer{}
		a.fail(err)
		return sent, a
	}
	a := p.post(ctx, "/v1/uploads", photo)
	if a.status == http.StatusCreated {
		a.want(http.StatusCreated, &sent)
		a.expect(sent.ID != "" && sent.Status == "pending", "an id and status pending")
	}
	return sent, a
}

// photoPasses plays WeChat, which looks at the photo and passes it, and then the secretary.
func (l *letters) photoPasses(ctx context.Context) (text, error) {
	before, a := l.photoOf(ctx, l.secretary, l.light)
	if a.expect(before.ID == "", "a photo that nobody sees before its check"); a.err != nil {
		return text{}, a.err
	}
	check, err := l.checkOf(ctx, l.light)
	if err != nil {
		return text{}, err
	}
	if err := l.isPicture(ctx, check.MediaURL); err != nil {
		return text{}, err
	}
	a = l.nobody.sandbox(ctx, http.MethodPost, "/_sandbox/media-checks", map[string]string{"traceId": check.TraceID, "suggest": "pass"})
	if a.want(http.StatusOK, nil); a.err != nil {
		return text{}, a.err
	}
	var seen uploaded
	err = until(ctx, 20*time.Second, "staff see the photo", func(ctx context.Context) (bool, error) {
		seen, a = l.photoOf(ctx, l.secretary, l.light)
		return seen.ID == l.light.photo, a.err
	})
	if err != nil {
		return text{}, err
	}
	return both("缩略图和原图都能打开", "thumbnail and photo open"), firstOf(l.isPicture(ctx, seen.Thumbnail), l.isPicture(ctx, seen.URL))
}

// photoOf is the photo of a request as somebody sees it.
func (l *letters) photoOf(ctx context.Context, who *person, m matter) (uploaded, *answer) {
	var request residentRequest
	a := who.get(ctx, "/v1/mailbox/requests/"+m.seen.ID).want(http.StatusOK, &request)
	for _, entry := range request.Timeline {
		for _, u := range entry.Uploads {
			return u, a
		}
	}
	return uploaded{}, a
}

// mediaCheck is what WeChat has been asked to look at.
type mediaCheck struct {
	TraceID  string `json:"traceId"`
	MediaURL string `json:"mediaUrl"`
}

func (l *letters) checkOf(ctx context.Context, m matter) (found mediaCheck, err error) {
	path := "/_sandbox/media-checks?persona=" + url.QueryEscape(m.author.persona)
	err = until(ctx, 20*time.Second, "WeChat is asked about the photo", func(ctx context.Context) (bool, error) {
		var list struct {
			Items []mediaCheck `json:"items"`
		}
		a := l.nobody.sandbox(ctx, http.MethodGet, path, nil).want(http.StatusOK, &list)
		for _, check := range list.Items {
			if strings.Contains(check.MediaURL, m.photo) {
				found = check
			}
		}
		return found.TraceID != "", a.err
	})
	return found, err
}

// isPicture opens a link without a token, as a page shows a picture.
func (l *letters) isPicture(ctx context.Context, link string) error {
	a := l.nobody.send(ctx, http.MethodGet, link, nil, "").want(http.StatusOK, nil)
	if a.err == nil {
		_, err := jpeg.Decode(bytes.NewReader(a.body))
		a.expect(err == nil, "a JPEG: %v", err)
	}
	if a.err != nil {
		return fmt.Errorf("a link to a photo: %w", a.err)
	}
	return nil
}

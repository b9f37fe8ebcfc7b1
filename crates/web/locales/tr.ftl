somebody = Birisi
role-owner = sahip
role-moderator = moderatör
role-leader = lider

open-title = { $person } sizi { $group } grubuna davet ediyor
open-roles = Gruptaki rolünüz: { $roles }.
open-until = { $date } (UTC) tarihine kadar geçerlidir.
note-by = { $person } şöyle yazıyor:
about = Grup hakkında
accept = Kabul et
accept-as = { $name } olarak kabul et
decline = Reddet

enrol-title = Kabul edin ve hesap açın
enrol-text = Daha sonra bu şifreyle ve bu davetin gönderildiği adresle oturum açabilirsiniz.
enrol-button = Kabul et ve katıl
name-label = Adınız
password-label = Bir şifre seçin
password-hint = En az 10 karakter.

other-title = Başka bir adresle hesabım var
other-text = O hesabın adresini yazın. Daveti o hesapla kabul etmeniz için oraya bağlantı içeren bir e-posta gönderilir.
other-label = Hesabın e-posta adresi
other-button = Bağlantıyı gönder
other-sent-title = E-postanıza bakın
other-sent-text = Bu adresle bir hesap varsa bağlantı içeren bir e-posta yola çıktı. Bağlantı yarım saat geçerlidir.

never-title = Artık davet yok
never-text = Kimseye bildirilmez. Buradan geri alabilirsiniz.
never-group = { $group } grubundan artık gelmesin
never-person = { $person } artık davet göndermesin
never-everyone = Hiç kimseden gelmesin
refusing-title = Artık böyle davetler almıyorsunuz
refusing-text = Yeni davetleri reddettiniz. Kimseye bildirilmedi.
allow = Yeniden izin ver

member-title = { $group } grubunun üyesisiniz
member-text = Hoş geldiniz! Başka bir şey yapmanıza gerek yok.
waiting-title = { $group } grubunun bekleme listesindesiniz
waiting-text = Şu anda yer yok. Yer açılır açılmaz üye olursunuz ve bir e-posta alırsınız.
declined-title = Daveti reddettiniz
declined-text = Fikrinizi değiştirirseniz { $person } ile görüşüp yeniden davet isteyin.
expired-title = Bu davetin süresi doldu
expired-text = { $person } ile görüşüp yeniden davet isteyin.
revoked-title = Bu davet geri alındı
revoked-text = Bunun bir yanlışlık olduğunu düşünüyorsanız { $person } ile görüşün.
used-title = Bu davet zaten kullanıldı
used-text = Yeniden katılmak isterseniz { $person } ile görüşüp davet isteyin.
closed-title = { $group } şu anda kimseyi almıyor
closed-text = { $person } ile görüşün veya daha sonra yeniden deneyin.
full-title = { $group } ve bekleme listesi dolu
full-text = { $person } ile görüşün veya daha sonra yeniden deneyin.
mismatch-title = Bu davet başka bir adres için
mismatch-text = Grup yalnızca davet edilen adresin hesabını kabul eder.
stale-title = Bu bağlantı yalnızca yarım saat geçerlidir
stale-text = İlk e-postayı yeniden açın ve oradan yeni bir bağlantı isteyin.
wrong-title = Böyle bir davet yok
wrong-text = Adres eksik olabilir. E-postadaki bağlantıyı bir kez daha açın.
busy-title = Bu işe yaramadı
busy-text = Lütfen biraz sonra yeniden deneyin.
often-title = Şimdilik bu kadar yeter
often-text = Başka bir bağlantı istemeden önce lütfen bir saat bekleyin.

error-title = Lütfen şuna yeniden bakın
error-name = Adınızı yazın: 1 ile 120 karakter arası.
error-password = En az 10 karakterlik bir şifre seçin.
error-address = Bir e-posta adresi yazın, örneğin ad@example.org.

back = Davete dön
languages = Dil
unsubscribed = Artık davet almıyorsunuz.

somebody = Birisi
greeting = Merhaba { $name },
greeting-nameless = Merhaba,
footer = Bu e-posta { $installation } tarafından gönderildi.
note-by = { $person } şöyle yazıyor:

role-owner = sahip
role-moderator = moderatör
role-leader = lider
roles-comma = { ", " }

invitation-subject = { $person } sizi { $group } grubuna davet ediyor
invitation-text = { $person } sizi { $group } grubuna katılmaya davet ediyor.
invitation-roles = Gruptaki rolünüz: { $roles }.
invitation-until = Davet { $date } (UTC) tarihine kadar geçerlidir.
invitation-button = Daveti gör
invitation-ignore = Katılmak istemiyorsanız bir şey yapmanıza gerek yok.
invitation-stop = Artık davet almak istemiyorum

reminder-subject = { $group } davetiniz { $date } tarihinde sona eriyor
reminder-text = { $person } sizi { $group } grubuna katılmaya davet etti ve yanıtınızı bekliyor.

accepted-subject = { $person }, { $group } davetinizi kabul etti
accepted-text = { $person }, { $group } grubuna katılma davetinizi kabul etti.

request-subject = { $person }, { $group } grubuna katılmak istiyor
request-text = { $person }, { $group } grubunuza katılmak istiyor.
request-next = Siz ve grubu yöneten diğer kişiler isteği onaylayabilir veya reddedebilirsiniz.

approved-subject = Artık { $group } grubunun üyesisiniz
approved-text = Artık { $group } grubunun üyesisiniz.

ownership-subject = { $person } size { $group } grubunu devretmek istiyor
ownership-text = { $person } size { $group } grubunu devretmek istiyor. Kabul ederseniz grubun sahibi olursunuz.
ownership-until = Teklif { $date } (UTC) tarihine kadar geçerlidir.

sign-in-subject = { $group } grubuna hesabınızla katılın
sign-in-text = Birisi { $group } grubuna gelen bir daveti sizin hesabınızla kabul etmek istiyor. Bu sizseniz şu sayfayı açın:
sign-in-until = { $minutes ->
    [one] Sayfa { $minutes } dakika boyunca kullanılabilir.
   *[other] Sayfa { $minutes } dakika boyunca kullanılabilir.
 }
sign-in-button = Devam et
sign-in-ignore = Bu siz değilseniz bir şey yapmanıza gerek yok: siz olmadan hiçbir şey olmaz.

server-invitation-subject = { $person } sizi { $installation } hizmetine davet ediyor
server-invitation-text = { $person } sizi { $installation } hizmetinde hesap açmaya davet ediyor.
server-invitation-ignore = Hesap istemiyorsanız bir şey yapmanıza gerek yok.

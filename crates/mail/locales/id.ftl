somebody = Seseorang
greeting = Halo { $name },
greeting-nameless = Halo,
footer = Surel ini dikirim oleh { $installation }.
note-by = { $person } menulis:

role-owner = pemilik
role-moderator = moderator
role-leader = pemimpin
roles-comma = { ", " }

invitation-subject = { $person } mengundang Anda ke { $group }
invitation-text = { $person } mengundang Anda untuk bergabung dengan grup { $group }.
invitation-roles = Peran Anda di sana: { $roles }.
invitation-until = Undangan ini berlaku sampai { $date } (UTC).
invitation-button = Lihat undangan
invitation-ignore = Jika Anda tidak ingin bergabung, Anda tidak perlu melakukan apa pun.
invitation-stop = Jangan kirim undangan lagi

reminder-subject = Undangan Anda ke { $group } berakhir pada { $date }
reminder-text = { $person } telah mengundang Anda untuk bergabung dengan grup { $group } dan menunggu jawaban Anda.

accepted-subject = { $person } telah menerima undangan Anda ke { $group }
accepted-text = { $person } telah menerima undangan Anda untuk bergabung dengan grup { $group }.

request-subject = { $person } ingin bergabung dengan { $group }
request-text = { $person } ingin bergabung dengan grup Anda, { $group }.
request-next = Anda dan pengelola grup lainnya dapat menyetujui atau menolak permintaan ini.

approved-subject = Anda kini anggota { $group }
approved-text = Anda kini anggota grup { $group }.

ownership-subject = { $person } ingin menyerahkan { $group } kepada Anda
ownership-text = { $person } ingin menyerahkan grup { $group } kepada Anda. Jika Anda menerima, Anda menjadi pemiliknya.
ownership-until = Tawaran ini berlaku sampai { $date } (UTC).

sign-in-subject = Bergabung dengan { $group } memakai akun Anda
sign-in-text = Seseorang ingin menerima undangan ke grup { $group } memakai akun Anda. Jika itu Anda, buka halaman ini:
sign-in-until = { $minutes ->
   *[other] Halaman ini dapat dipakai selama { $minutes } menit.
 }
sign-in-button = Lanjutkan
sign-in-ignore = Jika itu bukan Anda, Anda tidak perlu melakukan apa pun: tanpa Anda tidak terjadi apa-apa.

server-invitation-subject = { $person } mengundang Anda ke { $installation }
server-invitation-text = { $person } mengundang Anda untuk membuat akun di { $installation }.
server-invitation-ignore = Jika Anda tidak menginginkan akun, Anda tidak perlu melakukan apa pun.

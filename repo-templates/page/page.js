// Fills the commands with what was chosen, copies them, and lists the files of the manifest. The pages work without it.
// Whatever comes from elsewhere becomes text, never markup.
'use strict';

(function () {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  // As one word of a shell, whatever is in it.
  function word(text) {
    return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : "'" + text.replace(/'/g, "'\\''") + "'";
  }

  function say(text) {
    one('#said').textContent = text;
  }

  // A page without https may not use the clipboard; selecting and copying it may.
  async function copy(code) {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(code.textContent);
      return;
    }
    const selection = getSelection();
    selection.selectAllChildren(code);
    document.execCommand('copy');
    selection.removeAllRanges();
  }

  for (const button of all('.copy')) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener('click', async function () {
      await copy(button.parentElement.querySelector('code'));
      button.textContent = button.dataset.done;
      say(button.dataset.done);
      setTimeout(function () {
        button.textContent = label;
        say('');
      }, 2000);
    });
  }

  // What the commands are for one choice; Commands.java has the same for the first one.
  function fills(release, mirror, origin) {
    const channel = release.dataset.channel;
    const version = release.value;
    // Where the tree is laid out anew, only its packages and indexes are.
    const whole = mirror.dataset.rpm === mirror.dataset.url + '/rpm';
    const url = whole ? mirror.dataset.url : origin;
    const options = [];
    if (version) {
      options.push('--version ' + version);
    } else if (release.dataset.given) {
      options.push('--channel ' + channel.replace(/^v/, ''));
    }
    if (mirror.value) {
      options.push('--mirror ' + word(mirror.value));
    }
    return {
      installer: word(url + '/install.sh'),
      options: options.length ? ' -s -- ' + options.join(' ') : '',
      key: word(url + '/keys/' + id('asc')),
      keyring: word(url + '/keys/' + id('gpg')),
      vendors: word(mirror.dataset.rpm + '/' + id('vendors')),
      channel: channel,
      suite: channel === 'all' ? 'stable' : channel,
      rpm: mirror.dataset.rpm + (channel === 'all' ? '' : '/' + channel),
      apt: mirror.dataset.apt,
      dnf: version && '-' + version,
      zypper: version && '=' + version.replace('-', '.'),
      deb: version && '=' + version
    };
  }

  function id(kind) {
    const name = one('#choice').dataset.id;
    return kind === 'vendors' ? name + '-vendors.conf' : name + '.' + kind;
  }

  const choice = one('#choice');
  if (choice) {
    const release = one('#version');
    const mirror = one('#mirror');
    const show = function () {
      const texts = fills(release.selectedOptions[0], mirror.selectedOptions[0], choice.dataset.url);
      for (const hole of all('[data-fill]')) {
        hole.textContent = texts[hole.dataset.fill];
      }
    };
    choice.hidden = false;
    choice.addEventListener('change', show);
    // A browser that comes back to the page brings the choice back, too.
    addEventListener('pageshow', show);
  }

  async function text(path) {
    const response = await fetch(path);
    if (!response.ok) {
      throw new Error(path + ': ' + response.status);
    }
    return response.text();
  }

  const thisCopy = one('#this-copy');
  if (thisCopy) {
    text(thisCopy.dataset.from).then(function (stamp) {
      const serial = /^serial (\d+)$/m.exec(stamp);
      const date = /^date (\d{4}-\d\d-\d\d)T/m.exec(stamp);
      if (serial && date) {
        thisCopy.textContent = thisCopy.dataset.text.replace('{serial}', serial[1]).replace('{date}', date[1]);
        thisCopy.hidden = false;
      }
    }, function () {});
  }

  function link(address, label) {
    const a = document.createElement('a');
    a.href = address;
    a.textContent = label;
    return a;
  }

  function row(address, label, bytes, sum) {
    const tr = document.createElement('tr');
    const name = document.createElement('th');
    name.scope = 'row';
    name.append(link(address, label));
    tr.append(name);
    for (const value of [bytes, sum]) {
      const td = document.createElement('td');
      td.textContent = value;
      tr.append(td);
    }
    tr.lastChild.className = 'sum';
    return tr;
  }

  // Of the lines of the manifest, those in a folder; the folders in it first.
  function list(manifest, folder) {
    const folders = new Set();
    const rows = [];
    for (const line of manifest.split('\n')) {
      const [sum, size, stage, path] = line.split(' ');
      if (/^(PAYLOAD|INDEX|ROOT)$/.test(stage) && path.startsWith(folder)) {
        const name = path.slice(folder.length);
        const slash = name.indexOf('/');
        if (slash < 0) {
          rows.push(row(encodeURI(path), name, size, sum));
        } else {
          folders.add(name.slice(0, slash + 1));
        }
      }
    }
    return Array.from(folders, (name) => row('#' + encodeURI(folder + name), name, '', '')).concat(rows);
  }

  function trail(folder, top) {
    const parts = [link('#', top)];
    let path = '';
    for (const name of folder.split('/').filter(Boolean)) {
      path += name + '/';
      parts.push(' / ', link('#' + encodeURI(path), name));
    }
    return parts;
  }

  const files = one('#files');
  if (files) {
    text(files.dataset.from).then(function (manifest) {
      const show = function () {
        const folder = decodeURI(location.hash.slice(1));
        one('#folder').replaceChildren(...trail(folder, files.dataset.top));
        files.querySelector('tbody').replaceChildren(...list(manifest, folder));
        files.hidden = false;
      };
      addEventListener('hashchange', show);
      show();
    }).catch(function () {
      say(files.dataset.failed);
    });
  }
})();
